import { exclusionReasons } from "../../protocol/round/settlement.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";

/** What each verdict means for the person it is about. */
export const verdictReasons: Readonly<Record<Verdict, string>> = {
  inactive: "the update could not be read, so the rule never saw it",
  accepted: "the update took part in the new model",
  "above-norm-bound":
    "the update was larger than the bound that the project's terms state; only a deliberate boost reaches it, so the stake was lost",
  duplicate: "the update was an exact copy of one that another trainer had submitted before",
  "too-large":
    "the update was more than 2.8 times (8 times, squared) as long as the owner's reference update",
  "too-small":
    "the update was less than an eleventh (1/128, squared) as long as the owner's reference update",
  "against-reference":
    "the update pointed away from the owner's reference update: applying it would have undone what clean samples teach",
  "stale-copy":
    "the update was nearly the same direction as the last round's published change, which anybody can copy without training",
  "not-selected": "multi-Krum chose updates that lie closer to each other",
};

/** What each reason of an exclusion means. */
const exclusionTexts: Readonly<Record<string, string>> = {
  "key-not-released": "its content key was not released in time",
  "bundle-not-found": "its bundle could not be fetched from IPFS",
  "bundle-malformed": "its bundle did not decrypt to an update",
  "commitment-mismatch": "its bundle did not open the commitment on chain",
  "entries-out-of-range": "its entries were outside the range of the project",
};

/** Why a submission was left out, in words, by the reason's number on chain. */
export function exclusionText(reason: number | undefined): string {
  const name = exclusionReasons[reason as keyof typeof exclusionReasons];
  return `the update could not be read: ${exclusionTexts[name] ?? "no reason was given"}`;
}

/** Why a settlement left a slot out, in words. The reasons come one a set bit of the mask, in order of slots. */
export function whyExcluded(
  request: { readonly excludedMask: number; readonly exclusionReasons: readonly number[] },
  slot: number,
): string {
  let place = 0;
  for (let each = FIRST_TRAINER_SLOT; each < slot; each++) {
    place += (request.excludedMask >>> each) & 1;
  }
  return exclusionText(request.exclusionReasons[place]);
}
