import { voidReasons } from "../../adapters/chain/rounds/round-events.ts";
import { budgetForReadable } from "../../protocol/market/payout.ts";
import { unpackOutcome } from "../../protocol/round/public-signals.ts";

/** What of an event the budget depends on: its name and its values. */
export interface BudgetEvent {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: values by name, as the ABI has them
  readonly args: any;
}

/**
 * What each settled round must have paid from, from everything that moved money before it: what was escrowed and added, what earlier
 * rounds paid, and what the forfeited bonds of aggregators left over after an even division.
 *
 * @param events All of the project's events in the chain's order.
 * @returns Wei by the round's index, and what no round has paid out after the last event.
 */
export function replayBudgets(
  events: readonly BudgetEvent[],
  terms: { readonly budgetPerRoundWei: bigint; readonly rounds: number; readonly slots: number },
): { readonly budgets: ReadonlyMap<number, bigint>; readonly leftWei: bigint } {
  const budgets = new Map<number, bigint>();
  const submitted = new Map<number, bigint>();
  let leftWei = terms.budgetPerRoundWei * BigInt(terms.rounds);
  let applied = 0;
  /** Of bonds forfeited in this transaction: they come before what they are paid out by. */
  let forfeitedWei = 0n;
  const divide = (among: bigint) => {
    if (among > 0n) leftWei += forfeitedWei % among;
    forfeitedWei = 0n;
  };
  for (const { name, args } of events) {
    const roundIndex = Number(args.roundIndex);
    if (name === "BudgetAdded") leftWei += BigInt(args.amountWei);
    else if (name === "UpdateSubmitted") {
      submitted.set(roundIndex, (submitted.get(roundIndex) ?? 0n) + 1n);
    } else if (name === "BondForfeited") forfeitedWei += BigInt(args.toTrainersWei);
    else if (name === "RoundSettled") {
      const { verdicts, weights } = unpackOutcome([...args.outcomeWords], terms.slots);
      const count = Number(submitted.get(roundIndex) ?? 0n);
      const readable = verdicts.slice(0, count).filter((verdict) => verdict !== "inactive").length;
      // More rounds than the terms have are told by a node that lies, which another check names.
      const left = BigInt(Math.max(terms.rounds - applied, 1));
      const budgetWei = leftWei / left;
      budgets.set(roundIndex, count === 0 ? 0n : budgetForReadable(budgetWei, readable, count));
      divide(BigInt(readable));
      leftWei -= BigInt(args.paidWei);
      if (weights.some((weight) => weight > 0)) applied++;
    } else if (
      name === "RoundVoided" &&
      voidReasons[Number(args.reason)] !== "rule-found-too-few"
    ) {
      divide(submitted.get(roundIndex) ?? 0n);
    }
  }
  return { budgets, leftWei };
}
