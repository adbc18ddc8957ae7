import { buildBn128 } from "ffjavascript";
import { BASE_FIELD, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { scalarInverse, scalarPower } from "../../services/protocol/scalar.ts";
import { concatenate, containerFile, word32 } from "./binary-file.ts";
import { lagrangeValues, rootOfUnity, type SetupSecrets } from "./groth16-exponents.ts";
import { multiplyGenerator } from "./multiply-generator.ts";
import {
  contributionRecord,
  type HashedSection,
  ptauHeader,
  type TranscriptCurve,
} from "./ptau-contribution.ts";

function powersOf(base: bigint, count: number, first = 1n): bigint[] {
  const powers: bigint[] = [];
  for (
    let index = 0, power = first;
    index < count;
    index++, power = (power * base) % SCALAR_FIELD
  ) {
    powers.push(power);
  }
  return powers;
}

/**
 * Lagrange values at tau without the highest coefficient: a file of 2^power has 2 * 2^power - 1 powers of tau, one too few
 * for its largest, doubled domain.
 */
function truncatedLagrange(order: number, tau: bigint): bigint[] {
  const root = rootOfUnity(order);
  const highest =
    (scalarPower(tau, BigInt(order - 1)) * scalarInverse(BigInt(order))) % SCALAR_FIELD;
  const missing = powersOf(root, order, highest);
  return lagrangeValues(order, tau).map(
    (value, index) => (value + SCALAR_FIELD - (missing[index] as bigint)) % SCALAR_FIELD,
  );
}

const scaled = (values: readonly bigint[], factor: bigint) =>
  values.map((value) => (value * factor) % SCALAR_FIELD);

/**
 * Writes a complete `.ptau` file, prepared for phase 2, from known secrets: Lagrange points are computed from their logarithms
 * instead of transforming points, on all cores. `snarkjs powersoftau verify` accepts it.
 */
export async function developmentPtau(
  power: number,
  secrets: SetupSecrets,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tau, alpha, beta } = secrets;
  const size = 2 ** power;
  const powers = powersOf(tau, 2 * size - 1);
  const low = powers.slice(0, size);
  const levels = Array.from({ length: power + 1 }, (_, level) => lagrangeValues(2 ** level, tau));
  const lagrange = levels.flat();

  const tauG1 = await multiplyGenerator("G1", powers);
  const tauG2 = await multiplyGenerator("G2", low);
  const alphaTau = await multiplyGenerator("G1", scaled(low, alpha));
  const betaTau = await multiplyGenerator("G1", scaled(low, beta));
  const betaG2 = await multiplyGenerator("G2", [beta]);
  const sections: HashedSection[] = [
    ["G1", tauG1],
    ["G2", tauG2],
    ["G1", alphaTau],
    ["G1", betaTau],
    ["G2", betaG2],
  ];
  const curve = (await buildBn128(true)) as unknown as TranscriptCurve;
  const record = await contributionRecord(curve, {
    power,
    secrets,
    sections,
    name: "commonweight development, not for real money",
  });
  const doubled = [...lagrange, ...truncatedLagrange(2 * size, tau)];
  return containerFile("ptau", [
    { id: 1, content: ptauHeader(power, BASE_FIELD) },
    { id: 2, content: tauG1 },
    { id: 3, content: tauG2 },
    { id: 4, content: alphaTau },
    { id: 5, content: betaTau },
    { id: 6, content: betaG2 },
    { id: 7, content: concatenate([word32(1), record]) },
    { id: 12, content: await multiplyGenerator("G1", doubled) },
    { id: 13, content: await multiplyGenerator("G2", lagrange) },
    { id: 14, content: await multiplyGenerator("G1", scaled(lagrange, alpha)) },
    { id: 15, content: await multiplyGenerator("G1", scaled(lagrange, beta)) },
  ]);
}
