"""The proofs of a round, each checked by its own equation. docs/proof.md, "Gram proof" and "Bytes"."""

from py_ecc.optimized_bn128 import FQ, FQ2, FQ12, G1, G2, Z1, add, b2, curve_order, eq, final_exponentiate
from py_ecc.optimized_bn128 import field_modulus, is_inf, is_on_curve, multiply, neg, normalize, pairing

P = curve_order


class NotAPoint(ValueError):
    """Two or four numbers that are no point of their group."""


def g1(point: tuple):
    """A point of the first group, every point of the curve; (0, 0) is infinity."""
    x, y = point
    if (x, y) == (0, 0):
        return Z1
    if x >= field_modulus or y >= field_modulus or (y * y - x**3 - 3) % field_modulus != 0:
        raise NotAPoint(f"({x}, {y}) is no point of BN254's first group")
    return FQ(x), FQ(y), FQ(1)


def g2(words: tuple):
    """A point of the second group from x and y, of each the imaginary part first. Not infinity."""
    if any(word >= field_modulus for word in words):
        raise NotAPoint("a coordinate is not below the base field's order")
    point = (FQ2([words[1], words[0]]), FQ2([words[3], words[2]]), FQ2([1, 0]))
    # The twisted curve has more points than the group of order p.
    if not is_on_curve(point, b2) or not is_inf(multiply(point, P)):
        raise NotAPoint("not a point of BN254's second group")
    return point


def affine(point) -> tuple:
    if is_inf(point):
        return 0, 0
    x, y = normalize(point)
    return int(x), int(y)


def combine(terms: list):
    """The sum of points, each times its scalar."""
    total = Z1
    for point, scalar in terms:
        total = add(total, multiply(point, scalar % P))
    return total


def product_is_one(pairs: list) -> bool:
    value = FQ12.one()
    for first, second in pairs:
        if not is_inf(first):
            value *= pairing(second, first, final_exponentiate=False)
    return final_exponentiate(value) == FQ12.one()


def gram_proof_holds(proof: dict, commitments: list, drawn: dict, parameters: int, blinding_base, tau) -> bool:
    """e(F, [1]) = e(D W, [tau]), with F, D, l and m as in docs/proof.md."""
    gram = proof["gram"]
    alpha, zeta, gamma, z = (drawn[name] for name in ("alpha", "zeta", "gamma", "z"))
    mu, a, a_inv, s = (gram[name] for name in ("mu", "a", "a_inv", "s"))
    d = (1 - zeta * zeta) % P
    l, m = (z - zeta) % P, (zeta * z - 1) % P
    s_inv = zeta * (a * a_inv - mu - zeta * s) % P
    r = pow(zeta, parameters - 1, P) * a_inv % P
    terms = [
        (g1(point), d * pow(alpha, 1 << slot, P))
        for slot, point in enumerate([*commitments, proof["dummy"]])
        if point != (0, 0)
    ]
    terms += [
        (blinding_base, -d * gram["rho_a"]),
        (g1(gram["S"]), d * gamma),
        (g1(gram["R"]), d * gamma * gamma * m),
        (G1, -d * gamma * gamma * m * r),
        (g1(gram["Q"]), -d * l * m),
        (g1(gram["W"]), d * z),
        (G1, -(zeta * l * (a_inv + gamma * s_inv) - m * (a + gamma * s))),
    ]
    return product_is_one([(combine(terms), G2), (neg(multiply(g1(gram["W"]), d)), tau)])


def groth16_holds(words: list, signals: list, key: dict) -> bool:
    """e(A, B) = e(alpha, beta) e(ic_0 + sum signal_i ic_i, gamma) e(C, delta)."""
    a, b, c = g1(tuple(words[:2])), g2(tuple(words[2:6])), g1(tuple(words[6:]))
    public = combine(list(zip(key["ic"], [1, *signals])))
    pairs = [(neg(a), b), (key["alpha"], key["beta"]), (public, key["gamma"]), (c, key["delta"])]
    return product_is_one(pairs)


def verifying_key(encoded: tuple) -> dict:
    """A verifying key as the contract tells it: alpha, beta, gamma, delta, and the points of the signals."""
    alpha, beta, gamma, delta, ic = encoded
    second = {name: g2((*each[0], *each[1])) for name, each in (("beta", beta), ("gamma", gamma), ("delta", delta))}
    return {"alpha": g1(alpha), **second, "ic": [g1(point) for point in ic]}


def same(left, right) -> bool:
    return eq(left, right)
