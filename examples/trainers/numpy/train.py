"""A trainer of your own in NumPy: trains the project's dense layers on arrays of your own (x and y in a .npz file).

Runs in the job folder: reads job.json and model.safetensors, writes output/model.safetensors and output/metrics.json.
The contract is in docs/bring-your-own-trainer.md. Needs NumPy only; with scikit-learn, JAX or anything else in between it is the same:
read the tensors, change them, write them under the same names.
"""

import json
import struct
import zlib
from pathlib import Path

import numpy as np


def read_safetensors(path):
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).astype("f8")
    return tensors


def write_safetensors(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        chunk = np.ascontiguousarray(tensor, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunk)]}
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def read_samples(job):
    arrays = np.load(job["input"]["data"])
    x = arrays["x"].reshape(len(arrays["x"]), -1).astype("f8")
    data = job["data"]
    # Whoever scales otherwise than the project says trains for another model.
    if "normalisation" in data:
        x = (x - np.array(data["normalisation"]["mean"])) / np.array(data["normalisation"]["deviation"])
    return x, np.array(places_of(arrays["y"].ravel().tolist(), data["classes"]))


def places_of(labels, classes):
    """The places of labels among the project's classes: by name, unless they are numbers and the classes are not called by whole ones."""
    try:
        numbers = [float(name) for name in classes]
    except ValueError:
        numbers = []
    if isinstance(labels[0], str):
        return [classes.index(label) for label in labels]
    if numbers and all(number.is_integer() for number in numbers):
        return [numbers.index(label) for label in labels]
    return [int(label) for label in labels]


def main():
    job = json.loads(Path("job.json").read_text())
    training = job["training"]
    x, y = read_samples(job)
    tensors = read_safetensors(job["input"]["model"])
    for place, layer in enumerate(job["model"]["layers"]):
        is_last = place == len(job["model"]["layers"]) - 1
        if layer["kind"] != "dense" or layer.get("activation", "none") != ("none" if is_last else "relu"):
            raise ValueError(f"layer {place}: this example knows dense layers with relu between them only")
    # Weights and biases of the layers, in the manifest's order.
    names = [f"layers.{place}" for place in sorted({int(name.split(".")[1]) for name in tensors})]

    batch = training["batchSize"]
    steps = training.get("steps") or max(1, int(training["epochs"] * -(-len(x) // batch)))
    order = np.random.default_rng(zlib.crc32(job["seed"].encode())).permutation(len(x))
    for step in range(1, steps + 1):
        start = (step - 1) * batch % len(x)
        chosen = order[start : start + batch]
        activations = [x[chosen]]
        for name in names:
            sums = activations[-1] @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
            activations.append(sums if name == names[-1] else np.maximum(sums, 0))
        exponentials = np.exp(activations[-1] - activations[-1].max(axis=1, keepdims=True))
        gradient = exponentials / exponentials.sum(axis=1, keepdims=True)
        loss = -np.log(gradient[np.arange(len(chosen)), y[chosen]]).mean()
        gradient[np.arange(len(chosen)), y[chosen]] -= 1
        gradient /= len(chosen)
        for place in reversed(range(len(names))):
            weight, bias = f"{names[place]}.weight", f"{names[place]}.bias"
            before = gradient @ tensors[weight] * (activations[place] > 0)
            tensors[weight] = tensors[weight] - training["learningRate"] * (gradient.T @ activations[place])
            tensors[bias] = tensors[bias] - training["learningRate"] * gradient.sum(axis=0)
            gradient = before
        print(json.dumps({"step": step, "steps": steps, "loss": loss}), flush=True)

    write_safetensors(job["output"]["model"], tensors)
    Path(job["output"]["metrics"]).write_text(json.dumps({"loss": loss, "samples": len(x)}))


main()
