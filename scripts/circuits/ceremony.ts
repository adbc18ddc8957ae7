import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zKey } from "snarkjs";

/** One step of a ceremony, as its transcript records it. */
export interface CeremonyStep {
  /** Who contributed; "initial key" for step 0. */
  readonly name: string;
  /** What the contributor publishes: the hash of the contribution, or of the circuit for step 0. */
  readonly hash: string;
  /** sha256 of the key after this step. */
  readonly zkey: string;
}

/** The transcript of a ceremony's second phase, `transcript.json` in its folder. */
export interface CeremonyTranscript {
  readonly circuit: string;
  /** See `sourceHash`. */
  readonly sourceHash: string;
  /** sha256 of the powers-of-tau file. */
  readonly powers: string;
  /** sha256 of the constraint system. */
  readonly r1cs: string;
  readonly steps: readonly CeremonyStep[];
}

/** A ceremony's files. */
export interface CeremonyFiles {
  /** Where keys and transcript are. */
  readonly folder: string;
  readonly r1csPath: string;
  readonly powersPath: string;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The key after a step. */
export function stepPath(folder: string, step: number): string {
  return join(folder, `${String(step).padStart(4, "0")}.zkey`);
}

/** Reads the transcript. */
export async function readTranscript(folder: string): Promise<CeremonyTranscript> {
  return JSON.parse(await readFile(join(folder, "transcript.json"), "utf8")) as CeremonyTranscript;
}

async function writeTranscript(folder: string, transcript: CeremonyTranscript): Promise<void> {
  await writeFile(join(folder, "transcript.json"), `${JSON.stringify(transcript, null, 2)}\n`);
}

/**
 * Makes the initial key of a circuit from a powers-of-tau file that is prepared for phase 2. Deterministic: everybody can
 * repeat it and compare.
 *
 * @throws Error when the file has too few powers for the circuit.
 */
export async function startCeremony(
  files: CeremonyFiles,
  circuit: { readonly name: string; readonly sourceHash: string },
): Promise<CeremonyTranscript> {
  const { folder, r1csPath, powersPath } = files;
  await mkdir(folder, { recursive: true });
  const circuitHash = await zKey.newZKey(r1csPath, powersPath, stepPath(folder, 0));
  if (circuitHash === -1) throw new Error("the powers-of-tau file is too small, or not prepared");
  const transcript = {
    circuit: circuit.name,
    sourceHash: circuit.sourceHash,
    powers: await fileHash(powersPath),
    r1cs: await fileHash(r1csPath),
    steps: [
      {
        name: "initial key",
        hash: hex(circuitHash),
        zkey: await fileHash(stepPath(folder, 0)),
      },
    ],
  };
  await writeTranscript(folder, transcript);
  return transcript;
}

/**
 * Adds one contribution to the last key. The setup is sound if one contributor of all deleted his randomness; here it
 * comes from the operating system, is mixed with `entropy`, and is never written.
 */
export async function contribute(
  folder: string,
  contributor: { readonly name: string; readonly entropy?: string | undefined },
): Promise<CeremonyStep> {
  return await addStep(folder, contributor.name, async (from, to) => {
    const entropy = `${hex(randomBytes(64))}${contributor.entropy ?? ""}`;
    return await zKey.contribute(from, to, contributor.name, entropy);
  });
}

/**
 * Ends a ceremony with a random beacon: a public value that nobody could know when the last person contributed, such as
 * the hash of a block announced before.
 *
 * @throws Error when the value is not hexadecimal of at most 255 bytes, or the exponent not from 10 to 63.
 */
export async function applyBeacon(
  folder: string,
  beacon: { readonly valueHex: string; readonly iterationsExponent: number },
): Promise<CeremonyStep> {
  const { valueHex, iterationsExponent } = beacon;
  if (
    !/^([0-9a-f]{2}){1,255}$/i.test(valueHex) ||
    iterationsExponent < 10 ||
    iterationsExponent > 63
  ) {
    throw new Error("not a beacon: hexadecimal value of at most 255 bytes, exponent from 10 to 63");
  }
  return await addStep(folder, "beacon", async (from, to) => {
    const hash = await zKey.beacon(from, to, "beacon", valueHex, iterationsExponent);
    if (hash === false) throw new Error("snarkjs refused the beacon");
    return hash;
  });
}

async function addStep(
  folder: string,
  name: string,
  make: (from: string, to: string) => Promise<Uint8Array>,
): Promise<CeremonyStep> {
  const transcript = await readTranscript(folder);
  const number = transcript.steps.length;
  const last = transcript.steps.at(-1);
  if (last?.zkey !== (await fileHash(stepPath(folder, number - 1)))) {
    throw new Error(`${stepPath(folder, number - 1)} is not the key that the transcript ends with`);
  }
  const hash = await make(stepPath(folder, number - 1), stepPath(folder, number));
  const step = { name, hash: hex(hash), zkey: await fileHash(stepPath(folder, number)) };
  await writeTranscript(folder, { ...transcript, steps: [...transcript.steps, step] });
  return step;
}

/**
 * Verifies the last key against the circuit and the powers of tau: every contribution's proof and every point.
 *
 * @returns Null, or why the key must not be used.
 */
export async function verifyCeremony(files: CeremonyFiles): Promise<string | null> {
  const { folder, r1csPath, powersPath } = files;
  const { steps, powers, r1cs } = await readTranscript(folder);
  if ((await fileHash(powersPath)) !== powers)
    return "another powers-of-tau file than at the start";
  if ((await fileHash(r1csPath)) !== r1cs) return "the circuit has changed since the start";
  if (steps.length < 2) return "nobody has contributed: everybody can forge proofs";
  const last = stepPath(folder, steps.length - 1);
  if ((await fileHash(last)) !== steps.at(-1)?.zkey) return "the last key is not the transcript's";
  const isValid = await zKey.verifyFromR1cs(r1csPath, powersPath, last);
  return isValid ? null : "the key does not follow from circuit, powers and contributions";
}
