import type { Project } from "../../adapters/chain/projects/project.ts";
import { isSameAddress } from "../../protocol/address.ts";

/**
 * Why an account puts up no bond for a project that names it, and so does not begin with it; undefined when it does. A missed turn costs
 * at most what a round pays, so that no bond needs to be larger than the budget of all rounds. Without this anybody could have all that
 * an aggregator has locked for as long as they like, for an escrow of next to nothing.
 */
export function refusalToBond(
  { terms, bondsWei }: Pick<Project, "terms" | "bondsWei">,
  account: string,
): string | undefined {
  const place = terms.aggregators.findIndex((each) => isSameAddress(each, account));
  // What is bonded already would be lost by a turn that is missed.
  if ((bondsWei[place] ?? 0n) >= terms.aggregatorBondWei) return undefined;
  const promisedWei = terms.budgetPerRoundWei * BigInt(terms.rounds);
  if (terms.aggregatorBondWei <= promisedWei) return undefined;
  return `it wants a bond of ${terms.aggregatorBondWei}, and has ${promisedWei} for all of its rounds`;
}
