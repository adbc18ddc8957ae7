/** What each check means, for somebody who has never seen a proof. */
const explanations: Record<string, string> = {
  "verifying key":
    "The contract judges proofs by a key. This is the key that belongs to the published rule.",
  submissions:
    "The settlement used exactly the updates that trainers had handed in, none left out, none swapped.",
  "rolling hash":
    "The contract kept one fingerprint of all hand-ins. Rebuilt from the events, it is the same.",
  "Gram proof":
    "The similarities between the updates, from which everything follows, are those of the real updates.",
  "rule proof":
    "Verdicts, weights and shares follow from these similarities by the agreed rule, and from nothing else.",
  outcome: "What the contract announced is what was proven, and everybody has a verdict.",
  aggregate: "The change to the model is the weighted sum of the accepted updates.",
  model: "The new model is the old model plus this change.",
  payouts: "Every payment, recomputed from the proven shares, matches to the last unit.",
  budget: "The round had the budget that the terms and earlier rounds leave for it.",
  data: "The round's data can be read at all.",
  "model files": "The published model files are the proven models.",
};

/** The explanation of a check by its name. */
export function explainCheck(name: string): string {
  if (name.startsWith("model file")) return explanations["model files"] as string;
  return explanations[name] ?? "";
}

/** What a passed audit does not tell. */
export const notChecked: readonly string[] = [
  "That the chain's data is the chain's: the page believes the RPC node in Settings. Use a node of your own, or compare two.",
  "That trainers used good or honest data. The rule pays by how an update agrees with the reference, not by how it was made.",
  "That the referee's reference is a fair one. It is the project owner's choice.",
  "Accuracy of the model: numbers about it are measured by participants and are not part of any proof.",
  "That this page is the published one: whoever serves it could change it. The command line makes the same audit.",
];
