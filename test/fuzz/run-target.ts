import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { damaged } from "./mutations.ts";

/** A parser under fuzzing. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, of which damaged ones are made. */
  readonly seeds: readonly Uint8Array[];
  /** How many cases it gets for every hundred of the quickest parsers: less where one takes long. */
  readonly weight: number;
  /** Reads the input. May return or refuse with a typed error; must check by itself what an accepted input has to satisfy. */
  read(input: Uint8Array): unknown;
}

/** What a run saw. */
export interface FuzzResult {
  readonly name: string;
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  /** The smallest input that made the parser end otherwise than by an answer or a typed refusal, with what happened. */
  readonly crash?: { readonly inputHex: string; readonly error: string };
}

const isRefusal = (error: unknown) =>
  error instanceof CommonweightError || error instanceof InvalidArgumentError;

/** Runs one target with a repeatable sequence of inputs. Never throws: a crash is in the result. */
export async function runTarget(
  target: FuzzTarget,
  options: { readonly cases: number; readonly seed: number },
): Promise<FuzzResult> {
  let accepted = 0;
  let refused = 0;
  const property = fc.asyncProperty(damaged(target.seeds), async (input) => {
    try {
      await target.read(input);
      accepted += 1;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused += 1;
    }
  });
  const details = await fc.check(property, {
    numRuns: Math.max(options.cases, target.seeds.length),
    seed: options.seed,
    // The valid inputs themselves first.
    examples: target.seeds.map((seed) => [seed]),
  });
  const counts = { name: target.name, cases: accepted + refused, accepted, refused };
  if (!details.failed) return counts;
  const [input] = details.counterexample ?? [new Uint8Array()];
  return {
    ...counts,
    crash: { inputHex: Buffer.from(input).toString("hex"), error: String(details.errorInstance) },
  };
}
