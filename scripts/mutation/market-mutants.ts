import { writeFileSync } from "node:fs";
import { readArguments } from "../script-arguments.ts";
import { equivalentMutants } from "./equivalent-mutants.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { type ChangeableSuite, copySuites } from "./suite-copy.ts";

/** A source through which money moves, and the suites that must notice a change of it, in the order in which they are asked. */
interface Subject {
  readonly file: string;
  readonly suites: readonly string[];
}

const SUBJECTS: readonly Subject[] = [
  {
    file: "TrainingMarket.sol",
    suites: [
      "TrainingMarket.rounds.t.sol",
      "TrainingMarket.projects.t.sol",
      "TrainingMarket.settlement.t.sol",
      "TrainingMarket.liveness.t.sol",
      "TrainingMarket.participants.t.sol",
      "TrainingMarket.idle.t.sol",
    ],
  },
  { file: "libraries/UpdateBatch.sol", suites: ["TrainingMarket.rounds.t.sol"] },
  { file: "RewardVault.sol", suites: ["RewardVault.t.sol"] },
  { file: "ParticipantRegistry.sol", suites: ["ParticipantRegistry.t.sol"] },
  {
    file: "libraries/Payouts.sol",
    suites: ["MarketRules.t.sol", "TrainingMarket.settlement.t.sol"],
  },
  { file: "libraries/Reliability.sol", suites: ["MarketRules.t.sol"] },
  { file: "libraries/TrainerWord.sol", suites: ["TrainerWord.t.sol", "RoundTrainers.t.sol"] },
  {
    file: "libraries/MissedTurns.sol",
    suites: ["TrainingMarket.liveness.t.sol", "TrainingMarket.settlement.t.sol"],
  },
  {
    file: "libraries/SettleFees.sol",
    suites: ["SettleFees.t.sol", "TrainingMarket.settlement.t.sol"],
  },
  {
    file: "libraries/RoundEnd.sol",
    suites: ["TrainingMarket.liveness.t.sol", "TrainingMarket.settlement.t.sol"],
  },
  {
    file: "libraries/RoundClosing.sol",
    suites: [
      "TrainingMarket.liveness.t.sol",
      "TrainingMarket.settlement.t.sol",
      "TrainingMarket.participants.t.sol",
    ],
  },
  {
    file: "libraries/TrainerParts.sol",
    suites: ["TrainingMarket.participants.t.sol", "TrainingMarket.settlement.t.sol"],
  },
  {
    file: "libraries/MissedRounds.sol",
    suites: ["MissedRounds.t.sol", "TrainingMarket.idle.t.sol"],
  },
  {
    file: "libraries/RoundOpening.sol",
    suites: [
      "TrainingMarket.rounds.t.sol",
      "TrainingMarket.idle.t.sol",
      "TrainingMarket.liveness.t.sol",
    ],
  },
  {
    file: "libraries/AggregatorTurns.sol",
    suites: ["TrainingMarket.liveness.t.sol", "TrainingMarket.rounds.t.sol"],
  },
  {
    file: "libraries/TrainerRoster.sol",
    suites: [
      "TrainingMarket.participants.t.sol",
      "TrainingMarket.idle.t.sol",
      "TrainingMarket.settlement.t.sol",
    ],
  },
  {
    file: "libraries/RoundSettlement.sol",
    suites: [
      "TrainingMarket.settlement.t.sol",
      "TrainingMarket.liveness.t.sol",
      "TrainingMarket.participants.t.sol",
      "TrainingMarket.counters.t.sol",
    ],
  },
];

type Outcome = "caught" | "does not compile" | "SURVIVED";

const USAGE = `Changes every operator and leaves out every statement of the contracts that decide about money, one at a time, and lists
the changes that no test of their suites notices.

  node scripts/mutation/market-mutants.ts [--only <parts of sources' names, with commas>] [--json <file>]

A survivor is a missing test or a change that makes no difference. The second kind is in equivalent-mutants.ts with its reason; the
program exits with 1 if there is another, or if one of those is caught. Assembly is left alone: its operators are functions.`;

const { values } = readArguments(USAGE, {
  options: { only: { type: "string" }, json: { type: "string" } },
});
const parts = (values.only ?? "").split(",");
const wanted = SUBJECTS.filter(({ file }) => parts.some((part) => file.includes(part)));
const copy = copySuites();
const rows: { file: string; line: number; original: string; mutated: string; result: Outcome }[] =
  [];
let isSound = wanted.length > 0;
try {
  for (const { file, suites } of wanted) {
    const opened = suites.map((suite) => ({ suite, ...copy.open(suite, file) }));
    const unsound = opened.filter(({ unchanged }) => unchanged.result !== "green");
    for (const { suite, unchanged } of unsound) {
      isSound = false;
      console.error(
        `${suite} is ${unchanged.result} without any change\n${unchanged.output.slice(-2000)}`,
      );
    }
    if (unsound.length > 0) continue;
    for (const mutant of mutantsOf(copy.read(file))) {
      const { line, original, mutated } = mutant;
      const result = outcomeOf(mutant, opened);
      const reason = reasonOf(file, mutant);
      isSound &&= (result === "SURVIVED") === (reason !== undefined);
      rows.push({ file, line, original, mutated, result });
      if (result !== "SURVIVED" && reason === undefined) continue;
      console.log(`${result}  ${file}:${line}  ${original}  ->  ${mutated || "(left out)"}`);
      console.log(`    ${reason ?? "no test notices"}`);
    }
    const of = (wish: Outcome) =>
      rows.filter((row) => row.file === file && row.result === wish).length;
    console.log(
      `${file}: ${of("caught")} caught, ${of("SURVIVED")} survived, ${of("does not compile")} do not compile`,
    );
  }
} finally {
  copy.remove();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
if (!isSound) process.exitCode = 1;

/** Why the change makes no difference, if it is known not to. */
function reasonOf(file: string, { original, mutated, after }: Mutant): string | undefined {
  return equivalentMutants.find(
    (each) =>
      each.file === file &&
      each.original === original &&
      each.mutated === mutated &&
      (each.after === undefined || each.after === after),
  )?.reason;
}

/** Asks one suite after the other until one is red. */
function outcomeOf({ source }: Mutant, suites: readonly ChangeableSuite[]): Outcome {
  for (const suite of suites) {
    const { result } = suite.runWith(source);
    if (result === "broken") return "does not compile";
    if (result === "red") return "caught";
  }
  return "SURVIVED";
}
