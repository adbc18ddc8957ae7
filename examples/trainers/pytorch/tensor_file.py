"""Safetensors in a few lines; with the package `safetensors` it is `load_file` and `save_file` of `safetensors.torch`."""

import json
import struct
from pathlib import Path

import torch


def read_safetensors(path):
    """The float32 tensors of a file, by name."""
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
    """Writes tensors by name, in float32."""
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        flat = tensor.detach().cpu().to(torch.float32).flatten()
        chunk = struct.pack(f"<{flat.numel()}f", *flat.tolist())
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunk)]}
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
