import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import type { GramProof } from "../../services/protocol/gram/gram-proof.ts";
import { verifyGram } from "../../services/protocol/gram/gram-verifier.ts";
import type { FuzzTarget } from "./run-target.ts";

interface VectorCase {
  readonly ctx: string;
  readonly context: { readonly parameterCount: number };
  readonly commitments: unknown;
  readonly dummyCommitment: unknown;
  readonly gramHash: string;
  readonly settlement: { readonly outcome: readonly string[] };
  readonly proof: unknown;
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/gram-proof.json", import.meta.url), "utf8"),
) as { readonly cases: readonly VectorCase[] };
const honest = vectors.cases[0] as VectorCase;
const curve = await openVerifierCurve();

/** Decimal text becomes numbers, everything else stays. */
function numbers(value: unknown): unknown {
  if (typeof value === "string" && /^\d{1,90}$/.test(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(numbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, numbers(part)]));
}

const statement = JSON.stringify([
  honest.proof,
  honest.commitments,
  honest.dummyCommitment,
  honest.gramHash,
  honest.settlement.outcome,
]);
const shape = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? "0" : part));
const honestShape = shape(numbers(JSON.parse(statement)));

/** A damaged proof that verifies would be a forgery. */
export const proofTargets: readonly FuzzTarget[] = [
  {
    name: "Gram proof",
    seeds: [new TextEncoder().encode(statement)],
    weight: 2,
    read: async (input) => {
      let parts: unknown;
      try {
        parts = numbers(JSON.parse(new TextDecoder().decode(input)));
      } catch {
        throw new InvalidArgumentError("no JSON");
      }
      // What the chain's decoder hands on always has the proof's shape.
      if (shape(parts) !== honestShape) throw new InvalidArgumentError("another shape");
      const [proof, commitments, dummyCommitment, gramHash, outcomeWords] = parts as [
        GramProof,
        { x: bigint; y: bigint }[],
        { x: bigint; y: bigint },
        bigint,
        bigint[],
      ];
      const verdict = await verifyGram({
        curve,
        proof,
        commitments,
        dummyCommitment,
        gramHash,
        outcomeWords,
        context: BigInt(honest.ctx),
        parameterCount: honest.context.parameterCount,
      });
      const isHonest =
        JSON.stringify(numbers(JSON.parse(statement)), asText) === JSON.stringify(parts, asText);
      if (verdict.isAccepted !== isHonest) throw new Error("a damaged proof was accepted");
      if (!verdict.isAccepted) throw new InvalidArgumentError(verdict.reason);
    },
  },
];

function asText(_: string, part: unknown): unknown {
  return typeof part === "bigint" ? part.toString() : part;
}
