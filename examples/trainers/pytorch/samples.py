"""Samples as the project's model takes them. Replace this file if yours are kept in another way."""

import struct
from pathlib import Path

import torch


class Samples:
    """A folder with MNIST's idx files, or a .npz file with `x` and `y`."""

    def __init__(self, job):
        path, data = Path(job["input"]["data"]), job["data"]
        self.inputs, labels = read_npz(path) if path.suffix == ".npz" else read_idx_folder(path)
        self.shape = data["inputShape"]
        self.classes = torch.tensor(places_of(labels, data["classes"]))
        normalisation = data.get("normalisation", {"mean": [0], "deviation": [1]})
        # One number for all, or one for each channel or feature: the first side of a sample.
        sides = [-1] + [1] * (len(self.shape) - 1)
        self.mean, self.deviation = (
            torch.tensor(normalisation[name], dtype=torch.float64).reshape(sides) for name in ("mean", "deviation")
        )

    def __len__(self):
        return len(self.classes)

    def batch(self, chosen):
        """Inputs and classes of the samples at these positions."""
        inputs = self.inputs[chosen].reshape(len(chosen), *self.shape)
        # Whoever scales otherwise than the project says trains for another model.
        return ((inputs - self.mean) / self.deviation).float(), self.classes[chosen]


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


def read_npz(path):
    import numpy

    arrays = numpy.load(path)
    inputs = torch.from_numpy(arrays["x"].astype("float32"))
    if inputs.ndim == 4 and inputs.shape[-1] <= 4 < inputs.shape[1]:
        # Channels last, as Pillow and TensorFlow have them.
        inputs = inputs.movedim(-1, 1)
    return inputs, arrays["y"].ravel().tolist()


def read_idx_folder(folder):
    pixels = read_idx(folder / "train-images-idx3-ubyte")
    return pixels.float() / 255, read_idx(folder / "train-labels-idx1-ubyte").tolist()


def read_idx(path):
    data = path.read_bytes()
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return torch.frombuffer(bytearray(data[4 + 4 * dimensions :]), dtype=torch.uint8).reshape(shape)
