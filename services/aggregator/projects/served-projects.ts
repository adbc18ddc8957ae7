import type { Project } from "../../adapters/chain/projects/project.ts";
import { isSameAddress } from "../../protocol/address.ts";

/**
 * For whom an aggregator works. Anybody can name its account in a project's terms, and each of its rounds costs it gas: a fee in a token
 * that is worth nothing pays for none of it.
 */
export interface ServingRules {
  /** Tokens in which it takes fees and puts up bonds; any when undefined. */
  readonly tokens?: readonly string[] | undefined;
  /** Whose projects it serves; anybody's when undefined. */
  readonly owners?: readonly string[] | undefined;
}

/** Why a project that names this account is not served; undefined when it is. */
export function refusalToServe(
  { owner, terms }: Pick<Project, "owner" | "terms">,
  { tokens, owners }: ServingRules,
): string | undefined {
  const isAmong = (account: string, list: readonly string[] | undefined) =>
    list === undefined || list.some((each) => isSameAddress(each, account));
  if (!isAmong(terms.rewardToken, tokens)) return `it pays in ${terms.rewardToken}`;
  if (!isAmong(owner, owners)) return `it is ${owner}'s`;
  return undefined;
}
