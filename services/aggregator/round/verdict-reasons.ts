import type { ExclusionReason } from "../../protocol/round/settlement.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";

/** Why each verdict, addressed to the trainer. Says only what the proof shows; amounts are the caller's to add. */
export const verdictReasons: Readonly<Record<Verdict, string>> = {
  inactive: "Your update was not in the round's proof.",
  accepted: "Your update was accepted.",
  "above-norm-bound":
    "Your update is larger than the absolute bound in the project's terms. The bound depends on nobody's choice, so your stake was reduced.",
  duplicate:
    "An earlier trainer of this round committed exactly the same update; the first one counts.",
  "too-large": "Your update is more than √8 times as long as the owner's reference update.",
  "too-small": "Your update is less than 1/√128 as long as the owner's reference update.",
  "against-reference":
    "Your update points away from the owner's reference update, which was committed before anybody trained.",
  "stale-copy": "Your update repeats the result of the last round instead of new work.",
  "not-selected": "Your update is farther from the others than the rule's limit.",
};

/** What was wrong with a bundle, by the number on chain, and how anybody can check it. */
export const exclusionWords: Readonly<Record<ExclusionReason, string>> = {
  1: "no content key was released before the reveal phase ended; a key on chain or a signed receipt would show otherwise",
  2: "no node had the sealed bundle under its CID",
  3: "what lies under the CID is not a bundle sealed for this round and trainer",
  4: "the bundle holds other numbers than the update was committed with",
  5: "the bundle holds numbers outside of 16 bits",
};
