"""Files that a ceremony published: snarkjs's verifying key, and a .ptau file's power of tau in the second group."""

import json
from pathlib import Path

from py_ecc.optimized_bn128 import field_modulus

from chain import CannotCheck

TAU_G2_SECTION = 3
G2_BYTES = 128


def published_key(path: Path) -> tuple:
    """The key of a file of snarkjs as the contract tells it: of coordinates in two parts, the imaginary one first."""
    try:
        key = json.loads(path.read_text())
        second = [
            tuple(tuple(int(part) for part in reversed(pair)) for pair in key[f"vk_{name}_2"][:2])
            for name in ("beta", "gamma", "delta")
        ]
        first = [tuple(map(int, point[:2])) for point in (key["vk_alpha_1"], *key["IC"])]
        return first[0], *second, tuple(first[1:])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotCheck(f"{path} is no verifying key of snarkjs: {error}") from error


def published_tau(path: Path) -> tuple:
    """[tau]2 of a .ptau file as the contract tells it.

    The file: "ptau", version and number of sections (4 bytes each); of each section its number (4), length (8) and content, all
    little-endian. Section 3 has the powers in the second group, [1]2 first: x, then y, each real part first, in Montgomery's form.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != b"ptau":
                raise ValueError("it does not begin with ptau")
            sections = int.from_bytes(file.read(8)[4:], "little")
            for _ in range(sections):
                number, length = int.from_bytes(file.read(4), "little"), int.from_bytes(file.read(8), "little")
                if number == TAU_G2_SECTION and length >= 2 * G2_BYTES:
                    file.seek(G2_BYTES, 1)
                    return affine_words(file.read(G2_BYTES))
                file.seek(length, 1)
        raise ValueError("it has no powers in the second group")
    except (OSError, ValueError) as error:
        raise CannotCheck(f"{path} is no powers-of-tau file: {error}") from error


def affine_words(data: bytes) -> tuple:
    if len(data) != G2_BYTES:
        raise ValueError("it is cut off")
    montgomery = pow(1 << 256, -1, field_modulus)
    parts = [int.from_bytes(data[at : at + 32], "little") * montgomery % field_modulus for at in range(0, G2_BYTES, 32)]
    return (parts[1], parts[0]), (parts[3], parts[2])
