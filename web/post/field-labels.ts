import type { FormField } from "./posting-form.ts";

/** The fields' names in a list of what is open. */
export const fieldLabels: Readonly<Record<FormField, string>> = {
  ...{ title: "Title", description: "Description", model: "Model", manifestText: "Manifest file" },
  ...{ features: "Numbers in a sample", channels: "Channels", height: "Height", width: "Width" },
  ...{
    classes: "Classes",
    dataText: "Data file",
    tableRows: "Rows of the table",
    samplesEach: "Samples of a trainer",
  },
  ...{ learningRate: "Learning rate", clipNorm: "Longest update" },
  ...{ fractionBits: "Fraction bits", ditherBits: "Dither bits" },
  ...{ trainers: "Trainers you expect", minTrainers: "Fewest that make a round" },
  ...{
    visibility: "Who may read the models",
    rule: "Rule",
    withstand: "Malicious trainers to withstand",
    token: "Reward token",
  },
  ...{ budget: "Budget of a round", rounds: "Rounds", extraRounds: "Spare rounds" },
  ...{ flatPercent: "Flat part", capPercent: "Most for one trainer", stake: "Stake" },
  ...{ fee: "Fee for settling", bond: "Bond of an aggregator", join: "Time to join" },
  ...{ open: "Time to open a round", commit: "Time to train", reveal: "Time to release keys" },
  ...{ settle: "Time to prove", referee: "Referee", aggregators: "Aggregators" },
  otherTermsText: "Further terms of your file",
};
