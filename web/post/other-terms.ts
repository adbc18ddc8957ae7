import type { readTermsFile } from "../../services/owner/posting/terms-file.ts";
import { trainerCount } from "../../services/protocol/rule/round-terms.ts";

/** Terms of a file that the form has no field for, by name: they are kept, shown, and posted as the file says. */
export type OtherTerms = Readonly<Record<string, string | number | boolean>>;

type TermsOfFile = ReturnType<typeof readTermsFile>;

/** What the form posts when nothing is said. */
const usual: OtherTerms = {
  ...{ fullWeightStakeWei: "0", minReliability: 0, maxStrikes: 0, payEvery: 1 },
  ...{ baseWeightKind: "equal", usesPayGradient: true },
};

/** The terms of a file that are not as the form would post them and that it has no field for. */
export function otherTermsOf(terms: TermsOfFile): OtherTerms {
  const { maxTrainers, slots, normBoundSquared, ruleId, ruleParameterA, ruleParameterB } = terms;
  const named = { ...terms, fullWeightStakeWei: terms.fullWeightStakeWei.toString() };
  const unusual = Object.keys(usual)
    .filter((name) => named[name as keyof typeof named] !== usual[name])
    .map((name) => [name, named[name as keyof typeof named]]);
  const hasFewerTrainers = maxTrainers !== undefined && maxTrainers !== trainerCount(slots);
  const isOtherSelection = ruleId === 2 && ruleParameterB !== terms.minTrainers - ruleParameterA;
  return {
    ...Object.fromEntries(unusual),
    ...(normBoundSquared === undefined ? {} : { normBoundSquared: normBoundSquared.toString() }),
    ...(hasFewerTrainers ? { maxTrainers } : {}),
    ...(isOtherSelection ? { ruleParameterB } : {}),
  };
}

/** Other terms as a form keeps them; a draft that was damaged has none. */
export function parseOtherTerms(text: string): OtherTerms {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    return typeof value === "object" && value !== null ? (value as OtherTerms) : {};
  } catch {
    return {};
  }
}

/** Other terms as the form's text; empty without any. */
export const otherTermsText = (terms: OtherTerms): string =>
  Object.keys(terms).length === 0 ? "" : JSON.stringify(terms);

/** The text without the norm bound: it was measured for other updates. */
export function withoutNormBound(text: string): string {
  const { normBoundSquared: _, ...rest } = parseOtherTerms(text);
  return otherTermsText(rest);
}
