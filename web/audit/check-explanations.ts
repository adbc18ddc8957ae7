/** What each kind of check means, for somebody who has never seen a proof. */
const explanations: Record<string, string> = {
  contracts:
    "The market’s contracts, and the libraries that they call, run the published code and belong to each other.",
  "verifying key":
    "The contract judges proofs by a key. It is the key that belongs to the published rule.",
  "proving key": "The files with which aggregators make proofs are the published ones.",
  "powers of tau":
    "The numbers that commitments and proofs are built on are the ones they claim to be.",
  "powers' checksum": "The file of these numbers is the one that the contract names.",
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
  exclusions:
    "Whoever was left out as unreadable was left out in the way and at the time that the contract allows. The reason itself is the aggregator’s word.",
  data: "The round’s data can be read at all.",
  terms: "The terms that the project was posted with are the ones that the contract goes by.",
  rounds:
    "The events tell the whole story: each round began and ended once, hand-ins came in time and from trainers who were drawn, and the last model is the contract’s.",
  payees:
    "Everybody got what they had coming, at an address that they had named, and nobody else got anything.",
  history:
    "All events come from one chain, which was still the same at the end. Whoever was told the same has the same hash in the report.",
  reliability: "Every trainer’s score, replayed from its proven verdicts, is the one on chain.",
  penalties: "Stakes were burned, and trainers expelled, only for proven verdicts.",
  escrow:
    "Every unit that came in was paid, given back, refunded, burned, or is still held, and the vault’s own books say the same.",
  "round jobs":
    "Training settings that a round changed stay within the bounds that the owner had declared.",
  "model files": "The published model files are the proven models.",
  "model seals": "The private model files are sealed for the models of the chain.",
};

/** The explanation of a kind of check by its name. */
export const explainCheck = (name: string): string => explanations[name] ?? "";

const enforced =
  "The contract does not let this happen. So your RPC node told something else than the chain holds, or the contract is not the published one. Ask another node, in Settings, before you believe either.";

/** What it means, and what to do, when a check of this kind fails and it is not one that the contract enforces. */
const failures: Record<string, string> = {
  contracts:
    "This market runs other code than this page was built with: nobody here can say what it enforces. If it is of another release, audit it with that one. Otherwise don’t trust it with anything.",
  history:
    "The chain changed while it was read, or the node tells of two chains. Verify again; if it stays so, ask another node, in Settings.",
  "verifying key":
    "This market judges proofs by a key that nobody published here: its proofs may prove something else. Don’t join or fund it before somebody has explained the key.",
  "powers of tau":
    "The setup is not what it says it is: whoever made it may be able to forge proofs. Don’t trust this market with anything.",
  "powers' checksum": "The file is not the one that the contract names: get it from its publisher.",
  "model files":
    "Whoever served this file served something else than the proven model. Don’t use it; ask another gateway, in Settings.",
  "model seals":
    "The file is not sealed as the project promises, or not for this model. Ask another gateway, in Settings; if it is the same there, the models may not be private.",
  "round jobs":
    "The aggregator had trainers train with settings that the owner had not allowed. The proofs of the round are not touched by that.",
};

/** What a failed check means, and what to do. */
export const explainFailure = (name: string): string => failures[name] ?? enforced;

/** What a passed audit does not tell. */
export const notChecked: readonly string[] = [
  "That the chain's data is the chain's: the page believes the RPC node in Settings. Use a node of your own, name others there to compare with, or compare this report with that of somebody who asked another node.",
  "Finality: the audit reads at the last block that the node calls final, and believes it. Where a node calls no block final, those of the last minutes may still be replaced: verify again later, and compare the block's hash.",
  "That trainers used good or honest data. The rule pays by how an update agrees with the reference, not by how it was made.",
  "Who was drawn, when more trainers had joined than a round has room for, and that the block's random number was not waited for.",
  "That the referee's reference is a fair one. It is the project owner's choice.",
  "That an update which was left out as unreadable really was. It is the aggregator's word; “commonweight exclusion” looks again.",
  "That no entry of an update is outside 16 bits, if an aggregator and trainers made it so together: that range is not proven yet.",
  "Accuracy of the model: numbers about it are measured by participants and are not part of any proof.",
  "That this page is the published one: whoever serves it could change it. The command line makes the same audit, and looks at the provers’ files besides.",
];
