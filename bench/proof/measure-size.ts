// One row of the proof benchmark: `node bench/proof/measure-size.ts <parameters> <slots> <threads>` prints it as JSON.
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import { secureRandomBytes } from "../../services/adapters/curve/random-bytes.ts";
import { BLINDING_BASE } from "../../services/protocol/blinding-base.ts";
import { commitUpdate } from "../../services/protocol/commitment.ts";
import type { SlotVector } from "../../services/protocol/gram-matrix.ts";
import { proveGram, SLOT_COUNTS } from "../../services/protocol/gram-proof.ts";
import { verifyGram } from "../../services/protocol/gram-verifier.ts";
import { randomScalar } from "../../services/protocol/scalar.ts";

/** Seconds unless the name says otherwise. All slots are active, slot 2 with 26-bit entries. */
export interface ProofFigures {
  readonly parameters: number;
  readonly slots: number;
  readonly threads: number;
  /** Making development powers of tau; a real network reads them from a file. */
  readonly developmentPowers: number;
  /** One update of one trainer. */
  readonly commit: number;
  readonly gramProve: number;
  /** Of all threads together: what is left of the wall clock on a machine that others use too. */
  readonly gramProveCpu: number;
  readonly gramVerify: number;
  /** Of the whole process, workers included. */
  readonly peakMemoryMb: number;
  readonly gramProofBytes: number;
}

function randomSlot(slot: number, length: number): SlotVector {
  if (slot !== 2) return new Int16Array(secureRandomBytes(length * 2).buffer);
  return new Int32Array(secureRandomBytes(length * 4).buffer).map((value) => value >> 6);
}

async function measure(parameters: number, slots: number, threads: number): Promise<ProofFigures> {
  let last = performance.now();
  const lap = () => {
    const now = performance.now();
    const seconds = Math.round(now - last) / 1000;
    last = now;
    return seconds;
  };
  await using curve = await openCurve({ parameterCount: parameters, threads });
  const developmentPowers = lap();
  const vectors = Array.from({ length: slots }, (_, slot) => randomSlot(slot, parameters));
  const blindings = vectors.map(() => randomScalar(secureRandomBytes));
  const commitments = [];
  let commit = 0;
  for (const [index, vector] of vectors.entries()) {
    const blinding = blindings[index] as bigint;
    if (vector instanceof Int16Array) {
      lap();
      commitments.push(await commitUpdate(curve, { update: vector, blinding }));
      commit = lap();
    } else if (vector) {
      const bare = await curve.commitIntegers(vector);
      commitments.push(await curve.linearCombination([bare, BLINDING_BASE], [1n, blinding]));
    }
  }
  lap();
  const cpuBefore = process.cpuUsage();
  const proven = await proveGram({
    curve,
    slots: vectors,
    blindings,
    commitments,
    context: 1n,
    parameterCount: parameters,
    randomBytes: secureRandomBytes,
  });
  const gramProve = lap();
  const { user, system } = process.cpuUsage(cpuBefore);
  const gramProveCpu = Math.round((user + system) / 1000) / 1000;
  await using verifier = await openVerifierCurve();
  lap();
  const verdict = await verifyGram({
    ...proven,
    curve: verifier,
    context: 1n,
    parameterCount: parameters,
  });
  const gramVerify = lap();
  if (!verdict.isAccepted) throw new Error(`the proof does not verify: ${verdict.reason}`);
  return {
    parameters,
    slots,
    threads,
    developmentPowers,
    commit,
    gramProve,
    gramProveCpu,
    gramVerify,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    gramProofBytes: 4 * 64 + 7 * 32,
  };
}

const [parameters, slots, threads] = process.argv.slice(2).map(Number);
if (!parameters || !slots || !threads || !SLOT_COUNTS.includes(slots)) {
  process.stderr.write("usage: measure-size.ts <parameters> <8|16|32> <threads>\n");
  process.exitCode = 2;
} else {
  process.stdout.write(JSON.stringify(await measure(parameters, slots, threads)));
}
