"""Hashes: the transcript of a round's proof, and the packing of words. docs/proof.md, "Bytes"."""

from eth_hash.auto import keccak
from py_ecc.optimized_bn128 import curve_order as P
from py_ecc.optimized_bn128 import field_modulus as Q

DOMAIN = "commonweight/gram/v2"
BLINDING_SEED = "commonweight/H/v1"
FIRST_TRAINER_SLOT = 3
VERDICTS = (
    "inactive accepted above-norm-bound duplicate too-large too-small against-reference stale-copy not-selected".split()
)
ACCEPTED = 1


def number(digest: bytes) -> int:
    return int.from_bytes(digest, "big")


def hash_words(*words: int) -> int:
    """keccak256 over words of 32 bytes, big-endian, and nothing between them."""
    return number(keccak(b"".join(word.to_bytes(32, "big") for word in words)))


def context_hash(*, chain_id, market, project, round_index, aggregator, rule, slots, parameters, terms, model):
    head = (number(keccak(DOMAIN.encode())), chain_id, market, project, round_index, aggregator)
    return hash_words(*head, rule, slots, parameters, *terms, *model)


def draw(context: int, parameters: int, commitments: list, proof: dict) -> dict:
    """The challenges that this verifier needs. It checks the equations one by one, so it needs no weights to merge them."""
    gram = proof["gram"]
    points = [coordinate for point in [*commitments, proof["dummy"]] for coordinate in point]
    h0 = hash_words(context, len(commitments) + 1, parameters, *points, proof["gram_hash"], *proof["outcome"])
    h1 = hash_words(h0, gram["mu"], gram["rho_a"], *gram["S"], *gram["R"])
    h2 = hash_words(h1, gram["a"], gram["a_inv"], gram["s"])
    h3 = hash_words(h2, *gram["Q"])
    names = ("alpha", "zeta", "gamma", "z")
    return {name: each % P for name, each in zip(names, (h0, h1, h2, h3))}


def hash_to_curve(seed: str) -> tuple:
    """The first counter whose hash is the x of a point; of its two points the one with the smaller y."""
    counter = 0
    while True:
        x = number(keccak(seed.encode() + counter.to_bytes(4, "big"))) % Q
        square = (x**3 + 3) % Q
        root = pow(square, (Q + 1) // 4, Q)
        if root * root % Q == square:
            return x, min(root, Q - root)
        counter += 1


def commitment_hash(trainer: str, point: tuple) -> bytes:
    coordinates = b"".join(each.to_bytes(32, "big") for each in point)
    return keccak(bytes.fromhex(trainer[2:]) + coordinates)


def rolling_start(chain_id: int, market: str, project: int, round_index: int, reference: tuple, gradient: tuple) -> bytes:
    words = (int(market, 16), chain_id, project, round_index, *reference, *gradient)
    return hash_words(*words).to_bytes(32, "big")[:20]


def rolling_next(before: bytes, trainer: str, submitted: bytes) -> bytes:
    return keccak(before + bytes.fromhex(trainer[2:]) + submitted)[:20]


def pack_terms(slots: int, mask: int, norm_bound: int, a: int, b: int, weights: list) -> list:
    """The rule's parameters as its circuit sees them: one word, or two with 32 slots."""
    first = mask | norm_bound << 32 | a << 86 | b << 91
    first |= sum(weight << 96 + 10 * place for place, weight in enumerate(weights[:15]))
    second = sum(weight << 10 * place for place, weight in enumerate(weights[15:]))
    return [first, second] if slots - FIRST_TRAINER_SLOT > 15 else [first]


def outcome_length(trainers: int) -> int:
    return (trainers + 7) // 8


def unpack_outcome(words: list, trainers: int) -> tuple:
    """(share, weight, verdict) of each trainer slot, and what is left of each word behind its last trainer; words that lack are 0."""
    outcomes, rest = [], list(words) + [0] * (outcome_length(trainers) - len(words))
    for place in range(trainers):
        word = rest[place // 8]
        outcomes.append((word & 0xFFFF, word >> 16 & 0x7FF, word >> 27 & 0xF))
        rest[place // 8] >>= 31
    return outcomes, rest


def fold(outcome: list, terms: list, mu: int, alpha: int) -> int:
    """The first public signal of the rule's circuit."""
    return sum(word * pow(alpha, power, P) for power, word in enumerate([*outcome, *terms, mu])) % P
