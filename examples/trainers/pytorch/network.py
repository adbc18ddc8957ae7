"""The project's network as a PyTorch module, whose state dictionary has the names of the project's tensors."""

import torch
from torch import nn

ACTIVATIONS = {"none": lambda x: x, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


class Network(nn.Module):
    """`model` of job.json: `layers.N` is its layer N; layers without weights have their number, too."""

    def __init__(self, model, tensors):
        super().__init__()
        shapes = [tensors.get(f"layers.{place}.weight", torch.empty(0)).shape for place in range(len(model["layers"]))]
        self.layers = nn.ModuleList(make_layer(layer, shape) for layer, shape in zip(model["layers"], shapes))
        self.activations = [ACTIVATIONS[layer.get("activation", "none")] for layer in model["layers"]]

    def forward(self, x):
        for layer, activation in zip(self.layers, self.activations):
            x = activation(layer(x))
        return x


def make_layer(layer, shape):
    """A layer of the manifest; `shape` is its weight's."""
    kind = layer["kind"]
    if kind == "dense":
        outputs, inputs = shape
        return nn.Linear(inputs, outputs)
    if kind == "conv2d":
        filters, channels, kernel, _ = shape
        return nn.Conv2d(channels, filters, kernel, stride=layer.get("stride", 1), padding=layer.get("padding", 0))
    if kind == "max-pool2d":
        return nn.MaxPool2d(layer["size"])
    if kind == "flatten":
        return nn.Flatten()
    raise ValueError(f"a layer of kind {kind}, which this example does not know")
