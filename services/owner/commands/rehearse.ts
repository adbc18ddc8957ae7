import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { parseDataSource } from "../../learning/parse-data-source.ts";
import type { RehearsalReport } from "../../learning/rehearse.ts";

const percent = (part: number | null) => (part === null ? "-" : `${(100 * part).toFixed(1)} %`);

/** `sign-flip:2` as two trainers who flip signs. */
function parseAttack(text: string, before: { attack: string; trainers: number }[] = []) {
  const [attack = "", count = "1"] = text.split(":");
  const trainers = Number(count);
  if (!Number.isInteger(trainers) || trainers < 1) {
    throw new InvalidArgumentError("Write it as <name> or <name>:<trainers>.");
  }
  return [...before, { attack, trainers }];
}

function describe(report: RehearsalReport): string {
  const lines = report.rounds.map(({ roundIndex, accuracy, loss, verdicts, isVoid }) => {
    const accepted = verdicts.filter((verdict) => verdict === "accepted").length;
    const outcome = isVoid ? "void" : `${accepted} of ${verdicts.length} accepted`;
    return `round ${roundIndex}  accuracy ${percent(accuracy)}  loss ${loss.toFixed(3)}  ${outcome}`;
  });
  return [
    ...lines,
    `attackers accepted   ${percent(report.missedShare)}`,
    `attackers paid       ${percent(report.attackerPayShare)} of all pay`,
    `honest rejected      ${percent(report.falseRemovalShare)}`,
    `void rounds          ${report.voidRounds}`,
    `took                 ${report.seconds.toFixed(1)} s`,
  ].join("\n");
}

/** Adds `commonweight owner rehearse`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("rehearse")
    .description("simulate a project against attackers, before money is at stake")
    .requiredOption("--manifest <file>", "the project's manifest (JSON)")
    .requiredOption("--data <source>", "a sample of the task: mnist, a file or a folder")
    .option("--samples <number>", "use only so many of them", "6000")
    .option("--trainers <number>", "simulated trainers", "8")
    .option("--rounds <number>", "simulated rounds", "10")
    .option("--split <plan>", "how data are spread: iid or dirichlet:<alpha>", "iid")
    .option("--attack <name:trainers>", "attackers, repeatable: sign-flip:2", parseAttack)
    .option("--rule <number>", "1 trust, 2 multi-Krum", "1")
    .option("--rule-a <number>", "multi-Krum: attackers to withstand", "0")
    .option("--rule-b <number>", "multi-Krum: updates to select", "0")
    .option("--seed <text>", "repeats the rehearsal exactly", "rehearsal")
    .addHelpText(
      "after",
      "\nExample:\n  commonweight owner rehearse --manifest manifest.json --data mnist --split dirichlet:0.5 --attack label-flip:3",
    )
    .action(
      context.action(async ({ options, signal, progress }) => {
        const { readManifest } = await import("../../protocol/manifest.ts");
        const { openDataset } = await import("../../learning/open-dataset.ts");
        const { rehearse } = await import("../../learning/rehearse.ts");
        const source = parseDataSource(options);
        const report = await rehearse({
          manifest: readManifest(await readFile(String(options.manifest))),
          terms: {
            ruleId: Number(options.rule),
            parameterA: Number(options.ruleA),
            parameterB: Number(options.ruleB),
          },
          data: await openDataset(source),
          trainers: Number(options.trainers),
          attackMix: (options.attack as ReturnType<typeof parseAttack>) ?? [],
          rounds: Number(options.rounds),
          seed: String(options.seed),
          partition: source.plan ?? { kind: "iid" },
          signal,
          onProgress: ({ roundIndex }, rounds) => progress(`round ${roundIndex + 1} of ${rounds}`),
        });
        return { data: report, text: describe(report) };
      }),
    );
};
