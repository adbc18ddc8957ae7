import { createHash } from "node:crypto";
import type { Curve } from "../../services/protocol/curve.ts";
import { commitModel } from "../../services/protocol/gram/commitment.ts";
import { gramWords } from "../../services/protocol/gram/gram-hash.ts";
import type { SlotVector } from "../../services/protocol/gram/gram-matrix.ts";
import { gramTranscript } from "../../services/protocol/gram/gram-proof.ts";
import { proveGram } from "../../services/protocol/gram/prove-gram.ts";
import {
  aggregateChallenge,
  contextHash,
  groth16Challenge,
} from "../../services/protocol/gram/transcript.ts";

/** A reproducible source of bytes: sha256 in counter mode. Never outside tests. */
export function seededBytes(seed: string): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let from = 0; from < length; from += 32) {
      const block = createHash("sha256").update(`${seed}/${counter++}`).digest();
      bytes.set(block.subarray(0, Math.min(32, length - from)), from);
    }
    return bytes;
  };
}

/** Integers below `2^(bits-1)` in size. */
export function seededIntegers(seed: string, length: number, bits: number): number[] {
  const bytes = new DataView(seededBytes(seed)(length * 4).buffer);
  return Array.from({ length }, (_, j) => bytes.getInt32(j * 4) >> (32 - bits));
}

/** The slots of a case: r, g, p and trainers that resemble r, so that inner products look like those of a round. */
export function seededSlots(
  seed: string,
  slotCount: number,
  length: number,
  inactive: readonly number[],
): SlotVector[] {
  const common = seededIntegers(`${seed}/common`, length, 14);
  return Array.from({ length: slotCount }, (_, slot) => {
    if (inactive.includes(slot)) return null;
    const noise = seededIntegers(`${seed}/${slot}`, length, 14);
    const mixed = common.map((value, j) => value + (noise[j] as number));
    return slot === 2 ? Int32Array.from(mixed, (value) => value * 1000) : Int16Array.from(mixed);
  });
}

export interface GramCase {
  readonly name: string;
  readonly slotCount: number;
  readonly parameterCount: number;
  readonly inactive: readonly number[];
}

/** The cases of `test/vectors/gram-proof.json`. */
export const GRAM_CASES: readonly GramCase[] = [
  { name: "8 slots, all active", slotCount: 8, parameterCount: 64, inactive: [] },
  {
    name: "8 slots, first round and one trainer missing",
    slotCount: 8,
    parameterCount: 32,
    inactive: [2, 6],
  },
  { name: "16 slots, all active", slotCount: 16, parameterCount: 200, inactive: [] },
  {
    name: "16 slots, pay gradient and two trainers missing",
    slotCount: 16,
    parameterCount: 100,
    inactive: [1, 4, 15],
  },
  {
    name: "32 slots, three trainers missing",
    slotCount: 32,
    parameterCount: 48,
    inactive: [9, 20, 31],
  },
];

/** Everything about one case, from the integers to the last challenge, as the vectors file stores it. */
export async function gramVector(curve: Curve, gramCase: GramCase) {
  const { name, slotCount, parameterCount, inactive } = gramCase;
  const slots = seededSlots(name, slotCount, parameterCount, inactive);
  const random = seededBytes(`${name}/secrets`);
  const blindings = slots.map((slot) =>
    slot ? random(31).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) : 0n,
  );
  const model = Int32Array.from(seededIntegers(`${name}/model`, parameterCount, 24));
  const modelBlinding = 987654321n;
  const modelCommitment = await commitModel(curve, { model, blinding: modelBlinding });

  const activeMask = slots.reduce((mask, slot, i) => (slot ? mask | (1n << BigInt(i)) : mask), 0n);
  const baseWeights = slots.slice(3).map((slot): bigint => (slot ? 512n : 0n));
  const terms = [
    baseWeights
      .slice(0, 15)
      .reduce(
        (word, weight, t) => word | (weight << BigInt(96 + 10 * t)),
        activeMask | ((1n << 45n) << 32n),
      ),
  ];
  if (slotCount === 32) {
    terms.push(
      baseWeights.slice(15).reduce((word, weight, t) => word | (weight << BigInt(10 * t)), 0n),
    );
  }
  const context = {
    chainId: 31337n,
    market: 0x5fbdb2315678afecb367f032d93f642f64180aa3n,
    projectId: 7n,
    roundIndex: 3n,
    aggregator: 0x70997970c51812dc3a010c7d01b50e0d17dc79c8n,
    ruleId: 1n,
    slotCount,
    parameterCount,
    terms,
    modelCommitment,
  };
  const ctx = contextHash(context);
  // The settlement of the vectors: equal weights over the active trainers, the missing units to the first one.
  const trainers = slots.flatMap((slot, i) => (slot && i >= 3 ? [i] : []));
  const weights = slots.map((slot, i) => (slot && i >= 3 ? Math.floor(1024 / trainers.length) : 0));
  const first = trainers[0] as number;
  weights[first] = (weights[first] as number) + (1024 % trainers.length);
  const shares = weights.map((weight) => Math.floor((65535 * weight) / 1024));
  const outcome = Array.from({ length: Math.ceil((slotCount - 3) / 8) }, (_, word) =>
    weights.slice(3 + 8 * word, 11 + 8 * word).reduce((packed, weight, t) => {
      const slot = 3 + 8 * word + t;
      const verdict = slots[slot] ? 1n : 0n;
      const fields = BigInt(shares[slot] as number) | (BigInt(weight) << 16n) | (verdict << 27n);
      return packed | (fields << BigInt(31 * t));
    }, 0n),
  );
  const proven = await proveGram({
    curve,
    slots,
    blindings,
    context: ctx,
    parameterCount,
    terms,
    decide: () => outcome,
    randomBytes: random,
  });
  const { alpha, zeta, gamma, z } = gramTranscript({ ...proven, context: ctx, parameterCount });

  const aggregate = await curve.linearCombination([...proven.commitments], weights.map(BigInt));
  const groth16Proof = Array.from(
    { length: 8 },
    (_, i) => BigInt(`0x${"1234567".repeat(8)}`) + BigInt(i),
  );
  const h4 = aggregateChallenge(z.hash, { W: proven.proof.W, aggregate, groth16Proof });
  const delta2 = groth16Challenge(h4.hash);
  return {
    name,
    context,
    ctx,
    slots: slots.map((slot) => slot && Array.from(slot)),
    blindings,
    model: Array.from(model),
    modelBlinding,
    commitments: proven.commitments,
    dummyCommitment: proven.dummyCommitment,
    gram: proven.gram,
    dummyRow: proven.dummyRow,
    salt: proven.salt,
    gramWords: gramWords({ ...proven, terms }),
    gramHash: proven.gramHash,
    proof: proven.proof,
    h0: alpha.hash,
    alpha: alpha.value,
    h1: zeta.hash,
    zeta: zeta.value,
    h2: gamma.hash,
    gamma: gamma.value,
    h3: z.hash,
    z: z.value,
    settlement: {
      weights,
      shares,
      outcome,
      aggregate,
      groth16Proof,
      h4: h4.hash,
      delta: h4.value,
      h5: delta2.hash,
      delta2: delta2.value,
    },
  };
}

/** JSON with bigints as decimal strings, numbers as numbers. */
export function toVectorJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, item) => (typeof item === "bigint" ? item.toString() : item),
    1,
  );
  return `${text.replace(/\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, " ")}]`)}\n`;
}
