import { blake2b } from "@noble/hashes/blake2.js";
import { ChaCha } from "ffjavascript";
import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { concatenate, word32 } from "./binary-file.ts";
import type { GroupName } from "./fixed-base.ts";
import type { SetupSecrets } from "./groth16-exponents.ts";
import { multiplyGenerator } from "./multiply-generator.ts";

/** A group of ffjavascript's curve, as far as a transcript needs it. */
interface TranscriptGroup {
  readonly g: Uint8Array;
  toAffine(point: Uint8Array): Uint8Array;
  timesScalar(point: Uint8Array, scalar: bigint): Uint8Array;
  fromRng(rng: unknown): Uint8Array;
  batchLEMtoU(points: Uint8Array): Promise<Uint8Array>;
  batchLEMtoC(points: Uint8Array): Promise<Uint8Array>;
}

/** The two groups by name. */
export type TranscriptCurve = Record<GroupName, TranscriptGroup>;

/** What a contribution hashes: a group and points of a section, in the order of the file. */
export type HashedSection = readonly [group: GroupName, points: Uint8Array];

const newHash = () => blake2b.create({ dkLen: 64 });

/** The hash of a file of 2^power generators, with which every ceremony begins. */
async function firstChallenge(curve: TranscriptCurve, power: number): Promise<Uint8Array> {
  const one = async (group: GroupName) =>
    await curve[group].batchLEMtoU(curve[group].toAffine(curve[group].g));
  const [g1, g2] = [await one("G1"), await one("G2")];
  const size = 2 ** power;
  const hash = newHash().update(newHash().digest());
  for (const [point, count] of [
    [g1, 2 * size - 1],
    [g2, size],
    [g1, size],
    [g1, size],
    [g2, 1],
  ] as const) {
    for (let index = 0; index < count; index++) hash.update(point);
  }
  return hash.digest();
}

/** A proof of knowledge of a secret: `[s]`, `[s x]` and, in the second group, x times a point hashed from them. */
async function keyPart(
  curve: TranscriptCurve,
  input: { personalization: number; challenge: Uint8Array; secret: bigint },
): Promise<{ g1s: Uint8Array; g1sx: Uint8Array; g2spx: Uint8Array }> {
  const { personalization, challenge, secret } = input;
  // Any s will do; this one comes from the secret, so that the file is the same everywhere.
  const s = (secret * secret + BigInt(personalization) + 1n) % SCALAR_FIELD;
  const points = await multiplyGenerator("G1", [s, (s * secret) % SCALAR_FIELD]);
  const [g1s, g1sx] = [points.slice(0, 64), points.slice(64)];
  const hash = newHash()
    .update(new Uint8Array([personalization]))
    .update(challenge)
    .update(await curve.G1.batchLEMtoU(g1s))
    .update(await curve.G1.batchLEMtoU(g1sx))
    .digest();
  const view = new DataView(hash.buffer, hash.byteOffset);
  const seed = Array.from({ length: 8 }, (_, word) => view.getUint32(word * 4));
  const g2sp = curve.G2.fromRng(new ChaCha(seed));
  return { g1s, g1sx, g2spx: curve.G2.toAffine(curve.G2.timesScalar(g2sp, secret)).slice() };
}

/** The state of a running hash in snarkjs' layout, from which a verifier goes on with the public key. */
function runningState(hash: object): Uint8Array {
  const state = hash as Record<string, number> & { buffer: Uint8Array };
  const bytes = new Uint8Array(216);
  bytes.set(state.buffer);
  const words = Array.from({ length: 8 }, (_, index) => [state[`v${index}l`], state[`v${index}h`]]);
  const pos = state.pos ?? 0;
  const counters = [(state.length ?? 0) - pos, 0, pos, 0];
  const view = new DataView(bytes.buffer);
  for (const [index, word] of [...words.flat(), ...counters].entries()) {
    view.setUint32(128 + 4 * index, (word ?? 0) >>> 0, true);
  }
  return bytes;
}

/**
 * The one record of a development file's section 7: proofs of knowledge of its public secrets, tied to the file by hashes
 * as in any ceremony, so that the ordinary verifier accepts it.
 */
export async function contributionRecord(
  curve: TranscriptCurve,
  file: {
    readonly power: number;
    readonly secrets: SetupSecrets;
    /** tau G1, tau G2, alpha tau G1, beta tau G1, beta G2. */
    readonly sections: readonly HashedSection[];
    readonly name: string;
  },
): Promise<Uint8Array> {
  const { power, secrets, sections, name } = file;
  const challenge = await firstChallenge(curve, power);
  const part = (personalization: number, secret: bigint) =>
    keyPart(curve, { personalization, challenge, secret });
  const parts = [
    await part(0, secrets.tau),
    await part(1, secrets.alpha),
    await part(2, secrets.beta),
  ];
  const g1Key = concatenate(parts.flatMap(({ g1s, g1sx }) => [g1s, g1sx]));
  const g2Key = concatenate(parts.map(({ g2spx }) => g2spx));

  const response = newHash().update(challenge);
  for (const [group, points] of sections) response.update(await curve[group].batchLEMtoC(points));
  const partialHash = runningState(response);
  response.update(await curve.G1.batchLEMtoU(g1Key)).update(await curve.G2.batchLEMtoU(g2Key));
  const next = newHash().update(response.digest());
  for (const [group, points] of sections) next.update(await curve[group].batchLEMtoU(points));

  const pointAt = (section: number, index: number) => {
    const [group, points] = sections[section] as HashedSection;
    const size = group === "G1" ? 64 : 128;
    return points.subarray(index * size, (index + 1) * size);
  };
  const label = new TextEncoder().encode(name).subarray(0, 64);
  return concatenate([
    ...[pointAt(0, 1), pointAt(1, 1), pointAt(2, 0), pointAt(3, 0), pointAt(4, 0)],
    ...[g1Key, g2Key, partialHash, next.digest(), word32(0)],
    ...[word32(label.length + 2), new Uint8Array([1, label.length]), label],
  ]);
}

/** The header of a powers-of-tau file. */
export function ptauHeader(power: number, baseField: bigint): Uint8Array {
  return concatenate([word32(32), littleEndianBytes(baseField), word32(power), word32(power)]);
}
