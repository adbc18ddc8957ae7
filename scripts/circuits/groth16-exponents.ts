import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import type { LinearCombination, R1cs } from "./r1cs.ts";

/** The secrets behind a Groth16 key before its second phase: gamma and delta are 1. */
export interface SetupSecrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
}

/** The discrete logarithms of a key's points. */
export interface KeyExponents {
  readonly domainSize: number;
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
  /** `beta a + alpha b + c`, for the constant and the public wires. */
  readonly ic: readonly bigint[];
  /** The same for the private wires. */
  readonly l: readonly bigint[];
  /** Lagrange values at the odd points of the doubled domain. */
  readonly h: readonly bigint[];
}

/** `5^((p - 1) / 2^28)` generates the roots of unity; this is the primitive root of a power-of-two order. */
export function rootOfUnity(order: number): bigint {
  return scalarPower(5n, (SCALAR_FIELD - 1n) / BigInt(order));
}

/** Every Lagrange polynomial of the roots of unity of an order, at tau: `(tau^n - 1) / n * w^i / (tau - w^i)`. */
export function lagrangeValues(order: number, tau: bigint): bigint[] {
  const root = rootOfUnity(order);
  const points: bigint[] = [];
  const products: bigint[] = [1n];
  for (let index = 0, point = 1n; index < order; index++, point = (point * root) % SCALAR_FIELD) {
    points.push(point);
    products.push(((products[index] as bigint) * toScalar(tau - point)) % SCALAR_FIELD);
  }
  const scale =
    (toScalar(scalarPower(tau, BigInt(order)) - 1n) * scalarInverse(BigInt(order))) % SCALAR_FIELD;
  let inverse = scalarInverse(products[order] as bigint);
  const values = new Array<bigint>(order);
  for (let index = order - 1; index >= 0; index--) {
    const point = points[index] as bigint;
    const difference = (inverse * (products[index] as bigint)) % SCALAR_FIELD;
    inverse = (inverse * toScalar(tau - point)) % SCALAR_FIELD;
    values[index] = (((scale * point) % SCALAR_FIELD) * difference) % SCALAR_FIELD;
  }
  return values;
}

/** The smallest power of two that holds the constraints and one more for each public wire, as snarkjs counts it. */
function domainSizeOf({ constraints, publicCount }: R1cs): number {
  return 2 ** (Math.floor(Math.log2(constraints.length + publicCount)) + 1);
}

/** Evaluates the constraint system at tau. What snarkjs' `zkey new` does with points, done with their logarithms. */
export function keyExponents(r1cs: R1cs, { tau, alpha, beta }: SetupSecrets): KeyExponents {
  const { wires, publicCount, constraints } = r1cs;
  const domainSize = domainSizeOf(r1cs);
  const lagrange = lagrangeValues(domainSize, tau);
  const [a, b, c] = [0, 1, 2].map(() => new Array<bigint>(wires).fill(0n)) as [
    bigint[],
    bigint[],
    bigint[],
  ];
  const addTo = (sums: bigint[], combination: LinearCombination, at: bigint) => {
    for (const [wire, coefficient] of combination) {
      sums[wire] = ((sums[wire] as bigint) + coefficient * at) % SCALAR_FIELD;
    }
  };
  for (const [index, [left, right, out]] of constraints.entries()) {
    const at = lagrange[index] as bigint;
    addTo(a, left, at);
    addTo(b, right, at);
    addTo(c, out, at);
  }
  // One constraint `wire * 0 = 0` for each public wire: without them two public inputs could share a polynomial.
  for (let wire = 0; wire <= publicCount; wire++) {
    a[wire] =
      ((a[wire] as bigint) + (lagrange[constraints.length + wire] as bigint)) % SCALAR_FIELD;
  }
  const mixed = a.map(
    (value, wire) =>
      (beta * value + alpha * (b[wire] as bigint) + (c[wire] as bigint)) % SCALAR_FIELD,
  );
  return {
    domainSize,
    a,
    b,
    ic: mixed.slice(0, publicCount + 1),
    l: mixed.slice(publicCount + 1),
    h: lagrangeValues(2 * domainSize, tau).filter((_, index) => index % 2 === 1),
  };
}
