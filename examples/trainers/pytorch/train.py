"""A trainer of your own in PyTorch: trains the project's multilayer perceptron on MNIST idx files.

Runs in the job folder: reads job.json and model.safetensors, writes output/model.safetensors and output/metrics.json.
The contract is in docs/bring-your-own-trainer.md. Needs PyTorch only: safetensors is read and written in a few lines below
(with the package `safetensors` it is `safetensors.torch.load_file` and `save_file`).
"""

import json
import struct
import sys
import zlib
from pathlib import Path

import torch
from torch import nn


def read_safetensors(path):
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(data[8 + length + start : 8 + length + end]), dtype=torch.float32)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def write_safetensors(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        flat = tensor.detach().cpu().contiguous().to(torch.float32).flatten()
        chunk = struct.pack(f"<{flat.numel()}f", *flat.tolist())
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunk)]}
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def read_idx(path):
    data = Path(path).read_bytes()
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return torch.frombuffer(bytearray(data[4 + 4 * dimensions :]), dtype=torch.uint8).reshape(shape)


class Perceptron(nn.Module):
    """The manifest's layers; `layers.N` are the names that the project's tensors have."""

    def __init__(self, model):
        super().__init__()
        sizes = [model["inputShape"][0]] + [layer["units"] for layer in model["layers"]]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def main():
    job = json.loads(Path("job.json").read_text())
    training = job["training"]
    torch.manual_seed(zlib.crc32(job["seed"].encode()))

    folder = Path(job["input"]["data"])
    images = read_idx(folder / "train-images-idx3-ubyte").flatten(1).float() / 255
    # Whoever scales otherwise than the project says trains for another model.
    normalisation = (job.get("data") or {}).get("normalisation")
    if normalisation:
        images = (images - torch.tensor(normalisation["mean"])) / torch.tensor(normalisation["deviation"])
    labels = read_idx(folder / "train-labels-idx1-ubyte").long()

    model = Perceptron(job["model"])
    model.load_state_dict(read_safetensors(job["input"]["model"]))
    optimiser = torch.optim.SGD(
        model.parameters(), lr=training["learningRate"], momentum=training.get("momentum", 0)
    )
    batch = training["batchSize"]
    steps = training.get("steps") or int(training["epochs"] * -(-len(labels) // batch))

    order = torch.randperm(len(labels))
    for step in range(1, steps + 1):
        start = (step - 1) * batch % len(labels)
        chosen = order[start : start + batch]
        loss = nn.functional.cross_entropy(model(images[chosen]), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0 or step == steps:
            print(json.dumps({"step": step, "steps": steps, "loss": loss.item()}), flush=True)

    write_safetensors(job["output"]["model"], model.state_dict())
    metrics = {"loss": loss.item(), "samples": len(labels)}
    Path(job["output"]["metrics"]).write_text(json.dumps(metrics))
    print(f"trained {steps} steps with PyTorch {torch.__version__}", file=sys.stderr)


main()
