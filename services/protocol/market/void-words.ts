const WORDS: Readonly<Record<string, string>> = {
  "rule-found-too-few": "fewer than half of the updates stood the rule’s tests",
  "too-few-submissions": "too few trainers handed in an update in time",
  abandoned: "the aggregator gave it up",
  "not-settled": "no aggregator settled it in time",
};

/** Why a round came to nothing, for people; the text itself when it is none of the contract's reasons. */
export const voidWords = (reason: unknown): string => WORDS[String(reason)] ?? String(reason);
