import { blake2b } from "@noble/hashes/blake2.js";
import { buildBn128 } from "ffjavascript";
import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";
import { BASE_FIELD, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import { concatenate, containerFile, doubleMontgomery, word32 } from "./binary-file.ts";
import { type GroupName, pointBytes } from "./fixed-base.ts";
import { keyExponents, type SetupSecrets } from "./groth16-exponents.ts";
import { multiplyGenerator } from "./multiply-generator.ts";
import type { R1cs } from "./r1cs.ts";

/** Coefficients of A and B by constraint, as the prover reads them. */
function coefficientSection({ constraints, publicCount }: R1cs): Uint8Array {
  const entries = constraints.flatMap(([left, right], row) => [
    ...left.map(([wire, value]) => ({ matrix: 0, row, wire, value })),
    ...right.map(([wire, value]) => ({ matrix: 1, row, wire, value })),
  ]);
  for (let wire = 0; wire <= publicCount; wire++) {
    entries.push({ matrix: 0, row: constraints.length + wire, wire, value: 1n });
  }
  const bytes = new Uint8Array(4 + entries.length * 44);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entries.length, true);
  for (const [index, { matrix, row, wire, value }] of entries.entries()) {
    const at = 4 + index * 44;
    view.setUint32(at, matrix, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, wire, true);
    bytes.set(doubleMontgomery(value), at + 12);
  }
  return bytes;
}

const HASH_CHUNK = 2 ** 14;

/**
 * `tau^(N + i) - tau^i` for i = 0 .. N - 2, by which snarkjs' circuit hash stands for H. Its last chunk is as long as the
 * others, so from N = 2^15 on it hashes one more.
 */
function differenceExponents(domainSize: number, tau: bigint): bigint[] {
  const chunk = Math.min(domainSize - 1, HASH_CHUNK);
  const total = Math.ceil((domainSize - 1) / chunk) * chunk;
  let value = toScalar(scalarPower(tau, BigInt(domainSize)) - 1n);
  return Array.from({ length: total }, () => {
    const current = value;
    value = (value * tau) % SCALAR_FIELD;
    return current;
  });
}

/** The hash of everything in a key, to which contributions are tied; in the order of snarkjs 0.7. */
async function circuitHash(points: {
  readonly header: readonly [GroupName, Uint8Array][];
  readonly domainSize: number;
  /** See `differenceExponents`. */
  readonly differences: Uint8Array;
  readonly sections: readonly [GroupName, Uint8Array][];
}): Promise<Uint8Array> {
  const bn = (await buildBn128(true)) as unknown as Record<
    GroupName,
    { batchLEMtoU(points: Uint8Array): Promise<Uint8Array> }
  >;
  const hash = blake2b.create({ dkLen: 64 });
  const count = (value: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, false);
    hash.update(bytes);
  };
  const update = async (group: GroupName, bytes: Uint8Array) => {
    hash.update(await bn[group].batchLEMtoU(bytes));
  };
  for (const [group, bytes] of points.header) await update(group, bytes);
  for (const [index, [group, bytes]] of points.sections.entries()) {
    count(bytes.length / pointBytes(group));
    await update(group, bytes);
    if (index === 0) {
      count(points.domainSize - 1);
      await update("G1", points.differences);
    }
  }
  return hash.digest();
}

/**
 * Writes the Groth16 key that `snarkjs zkey new` would make from powers of tau with these secrets, byte for byte, but from
 * the secrets themselves: seconds instead of minutes. Gamma and delta are the generator, as before any contribution.
 */
export async function developmentZkey(
  r1cs: R1cs,
  secrets: SetupSecrets,
): Promise<Uint8Array<ArrayBuffer>> {
  const exponents = keyExponents(r1cs, secrets);
  const [alpha1, beta1, one1] = await each("G1", [secrets.alpha, secrets.beta, 1n]);
  const [beta2, one2] = await each("G2", [secrets.beta, 1n]);
  if (!alpha1 || !beta1 || !one1 || !beta2 || !one2) throw new Error("unreachable");

  const ic = await multiplyGenerator("G1", exponents.ic);
  const h = await multiplyGenerator("G1", exponents.h);
  const l = await multiplyGenerator("G1", exponents.l);
  const a = await multiplyGenerator("G1", exponents.a);
  const b1 = await multiplyGenerator("G1", exponents.b);
  const b2 = await multiplyGenerator("G2", exponents.b);
  const hash = await circuitHash({
    header: [
      ["G1", alpha1],
      ["G1", beta1],
      ["G2", beta2],
      ["G2", one2],
      ["G1", one1],
      ["G2", one2],
    ],
    domainSize: exponents.domainSize,
    differences: await multiplyGenerator(
      "G1",
      differenceExponents(exponents.domainSize, secrets.tau),
    ),
    sections: [
      ["G1", ic],
      ["G1", l],
      ["G1", a],
      ["G1", b1],
      ["G2", b2],
    ],
  });
  const header = concatenate([
    word32(32),
    littleEndianBytes(BASE_FIELD),
    word32(32),
    littleEndianBytes(SCALAR_FIELD),
    ...[r1cs.wires, r1cs.publicCount, exponents.domainSize].map(word32),
    ...[alpha1, beta1, beta2, one2, one1, one2],
  ]);
  return containerFile("zkey", [
    { id: 1, content: word32(1) },
    { id: 2, content: header },
    { id: 4, content: coefficientSection(r1cs) },
    { id: 3, content: ic },
    { id: 9, content: h },
    { id: 8, content: l },
    { id: 5, content: a },
    { id: 6, content: b1 },
    { id: 7, content: b2 },
    { id: 10, content: concatenate([hash, word32(0)]) },
  ]);
}

async function each(group: GroupName, scalars: readonly bigint[]): Promise<Uint8Array[]> {
  const points = await multiplyGenerator(group, scalars);
  const size = pointBytes(group);
  return scalars.map((_, index) => points.slice(index * size, (index + 1) * size));
}
