import { InvalidArgumentError } from "commander";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { parseCount } from "../../command-line/parse-count.ts";
import { parseDataSource } from "../../learning/data/parse-data-source.ts";
import type { RehearsalReport } from "../../learning/rehearsal/rehearse.ts";
import { percentText } from "../../protocol/percent-text.ts";

const percentOrNone = (part: number | null) => (part === null ? "-" : percentText(part));

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
    return `round ${roundIndex}  accuracy ${percentText(accuracy)}  loss ${loss.toFixed(3)}  ${outcome}`;
  });
  return [
    ...lines,
    `attackers accepted   ${percentOrNone(report.missedShare)}`,
    `attackers paid       ${percentText(report.attackerPayShare)} of all pay`,
    `honest rejected      ${percentText(report.falseRemovalShare)}`,
    `void rounds          ${report.voidRounds}`,
    `commonest class      ${percentText(report.commonestShare)} of the samples that accuracy is measured on`,
    `took                 ${report.seconds.toFixed(1)} s`,
  ].join("\n");
}

/** Adds `commonweight owner rehearse`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("rehearse")
    .description("simulate a project against attackers, before money is at stake")
    .argument("[folder]", "a project's folder, instead of --manifest, --data and --rule")
    .option("--manifest <file>", "the project's manifest (JSON)")
    .option("--data <source>", "a sample of the task: mnist, a file or a folder")
    .option("--samples <number>", "use only so many of them", parseCount, 6000)
    .option(
      "--trainers <number>",
      "simulated trainers (default: as many as expected, or 8)",
      parseCount,
    )
    .option(
      "--rounds <number>",
      "simulated rounds (default: the project's, at most 10)",
      parseCount,
    )
    .option("--split <plan>", "how data are spread: iid or dirichlet:<alpha>", "iid")
    .option("--attack <name:trainers>", "attackers, repeatable: sign-flip:2", parseAttack)
    .option("--rule <number>", "1 trust, 2 multi-Krum")
    .option("--rule-a <number>", "multi-Krum: attackers to withstand")
    .option("--rule-b <number>", "multi-Krum: updates to select")
    .option("--seed <text>", "repeats the rehearsal exactly", "rehearsal")
    .addHelpText(
      "after",
      "\nExit status 4 when the rule did not hold. Give --attack to see how it does.\n\nExamples:\n  commonweight owner rehearse fraud --attack sign-flip:1\n  commonweight owner rehearse --manifest manifest.json --data mnist --split dirichlet:0.5 --attack label-flip:3",
    )
    .action(
      context.action(async ({ args, options, signal, progress }) => {
        const { openDataset } = await import("../../learning/data/open-dataset.ts");
        const { dataFileOptions } = await import("../../learning/data/data-file-options.ts");
        const { projectDataset } = await import("../../learning/data/project-dataset.ts");
        const { rehearse } = await import("../../learning/rehearsal/rehearse.ts");
        const { rehearsalFindings, rehearsalVerdict } = await import(
          "../rehearsal/rehearsal-findings.ts"
        );
        const { rehearsalSubject } = await import("../rehearsal/rehearsal-subject.ts");
        const subject = await rehearsalSubject(args[0], options);
        const { manifest, terms, source, trainers } = subject;
        const data = parseDataSource({ ...options, data: source });
        const whole = await openDataset({ ...data, files: dataFileOptions(manifest.data) });
        const report = await rehearse({
          manifest,
          terms,
          data: projectDataset(whole, manifest.data),
          trainers,
          attackMix: (options.attack as ReturnType<typeof parseAttack>) ?? [],
          rounds: subject.rounds,
          seed: String(options.seed),
          partition: data.plan ?? { kind: "iid" },
          signal,
          onProgress: ({ roundIndex }, rounds) =>
            progress(`round ${roundIndex} (${roundIndex + 1} of ${rounds})`),
        });
        const findings = rehearsalFindings(report);
        return {
          data: { ...report, findings },
          text: [describe(report), "", ...rehearsalVerdict(report, findings)].join("\n"),
          isNegative: findings.length > 0,
        };
      }),
    );
};
