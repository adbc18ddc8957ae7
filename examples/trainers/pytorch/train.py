"""A trainer of your own in PyTorch: trains whatever network a project makes of layers (logistic, mlp, cnn), with the project's settings.

Runs in the job folder: reads job.json and model.safetensors, writes output/model.safetensors and output/metrics.json.
The contract is in docs/bring-your-own-trainer.md. Needs PyTorch only, and NumPy for samples in a .npz file.
"""

import json
import math
import sys
import zlib
from pathlib import Path

import torch
from torch import nn

from network import Network
from samples import Samples
from tensor_file import read_safetensors, write_safetensors


def make_optimiser(parameters, training):
    settings = {"lr": training["learningRate"], "weight_decay": training.get("weightDecay", 0)}
    if training["optimiser"] == "adam":
        return torch.optim.Adam(parameters, **settings)
    return torch.optim.SGD(parameters, momentum=training.get("momentum", 0), **settings)


def batches(samples, size):
    """Positions of samples, every pass in a new order; the last batch of a pass may be short."""
    while True:
        yield from torch.randperm(samples).split(size)


def main():
    job = json.loads(Path("job.json").read_text())
    training = job["training"]
    torch.manual_seed(zlib.crc32(job["seed"].encode()))
    device = "cuda" if torch.cuda.is_available() else "cpu"

    samples = Samples(job)
    tensors = read_safetensors(job["input"]["model"])
    network = Network(job["model"], tensors)
    network.load_state_dict(tensors)
    network.to(device)
    start = [parameter.detach().clone() for parameter in network.parameters()]
    optimiser = make_optimiser(network.parameters(), training)
    proximal = training.get("proximal", 0)

    size = min(training["batchSize"], len(samples))
    # Rounded as the built-in trainer rounds.
    steps = training.get("steps") or max(1, math.floor(training["epochs"] * math.ceil(len(samples) / size) + 0.5))
    for step, chosen in zip(range(1, steps + 1), batches(len(samples), size)):
        inputs, classes = samples.batch(chosen)
        loss = nn.functional.cross_entropy(network(inputs.to(device)), classes.to(device))
        target = loss
        if proximal > 0:
            # FedProx: not too far from the round's model.
            target = loss + proximal / 2 * sum(((p - s) ** 2).sum() for p, s in zip(network.parameters(), start))
        optimiser.zero_grad()
        target.backward()
        optimiser.step()
        if step % 100 == 0 or step == steps:
            # Without flush it would come at the end only.
            print(json.dumps({"step": step, "steps": steps, "loss": loss.item()}), flush=True)

    write_safetensors(job["output"]["model"], network.state_dict())
    Path(job["output"]["metrics"]).write_text(json.dumps({"loss": loss.item(), "samples": len(samples)}))
    print(f"trained {steps} steps with PyTorch {torch.__version__} on {device}", file=sys.stderr)


main()
