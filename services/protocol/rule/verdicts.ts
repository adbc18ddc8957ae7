/** What a rule decided about one trainer slot. The order is the order in which the tests are made: the first that applies names it. */
export const VERDICTS = [
  "inactive",
  "accepted",
  "above-norm-bound",
  "duplicate",
  "too-large",
  "too-small",
  "against-reference",
  "stale-copy",
  "not-selected",
] as const;

/** A verdict's name; its index in `VERDICTS` is its code in public signals and contracts. */
export type Verdict = (typeof VERDICTS)[number];

/** The code of a verdict in the outcome words. Twins: `RoundOutcome.sol`, `Verdicts` in the circuits. */
export function verdictCode(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** The verdict behind a code, or undefined for a code that no rule gives. */
export function verdictOf(code: number): Verdict | undefined {
  return VERDICTS[code];
}
