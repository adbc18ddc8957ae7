import { readFileSync } from "node:fs";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { gramHash } from "../../services/protocol/gram/gram-hash.ts";
import type { GramMatrix } from "../../services/protocol/gram/gram-matrix.ts";
import { combinedSquare, slotWeights } from "../../services/protocol/gram/gram-proof.ts";
import { publicSignals } from "../../services/protocol/round/public-signals.ts";
import type { CircuitInput } from "./circuit.ts";

/** A case of `test/vectors/round-rule.json`. */
export interface RuleVector {
  readonly name: string;
  readonly ruleId: number;
  readonly slotCount: number;
  readonly gram: GramMatrix;
  readonly termsWords: readonly bigint[];
  readonly outcomeWords: readonly bigint[];
}

interface VectorJson {
  name: string;
  ruleId: number;
  terms: { slotCount: number };
  gram: string[][];
  termsWords: string[];
  outcomeWords: string[];
}

/** The shared vectors of a rule for a number of slots. */
export function ruleVectors(ruleId: number, slotCount: number): RuleVector[] {
  const path = new URL("../vectors/round-rule.json", import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as VectorJson[])
    .filter((vector) => vector.ruleId === ruleId && vector.terms.slotCount === slotCount)
    .map((vector) => ({
      name: vector.name,
      ruleId,
      slotCount,
      gram: vector.gram.map((row) => row.map(BigInt)),
      termsWords: vector.termsWords.map(BigInt),
      outcomeWords: vector.outcomeWords.map(BigInt),
    }));
}

const modulo = (value: bigint) => ((value % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;

/** The upper triangle, row by row, as circuits take it. */
export function upperTriangle(gram: GramMatrix): bigint[] {
  return gram.flatMap((row, i) => row.slice(i).map(modulo));
}

const ALPHA = 123_456_789_012_345_678_901_234_567_890n;
const SALT = 99n;

function dummyRowFor(gram: GramMatrix): bigint[] {
  return Array.from({ length: gram.length + 1 }, (_, i) => BigInt(12_345 * i + 7));
}

/** A rule circuit's input for a matrix: with a made-up dummy row, and alpha and hash that fit. */
export function ruleInput(vector: Pick<RuleVector, "gram" | "termsWords">): CircuitInput {
  const { gram, termsWords } = vector;
  const dummyRow = dummyRowFor(gram);
  return {
    alpha: ALPHA,
    gramHash: gramHash({ salt: SALT, terms: termsWords, gram, dummyRow }),
    terms: termsWords,
    gram: upperTriangle(gram),
    dummyRow,
    salt: SALT,
  };
}

/** The public signals of {@link ruleInput} under which the circuit proves this outcome, and no other. */
export function ruleSignals(
  { gram, termsWords }: Pick<RuleVector, "gram" | "termsWords">,
  outcomeWords: readonly bigint[],
): bigint[] {
  const dummyRow = dummyRowFor(gram);
  return publicSignals({
    outcomeWords,
    termsWords,
    alpha: ALPHA,
    mu: combinedSquare(gram, dummyRow, slotWeights(ALPHA, gram.length + 1)),
    gramHash: gramHash({ salt: SALT, terms: termsWords, gram, dummyRow }),
  });
}
