import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseCount, parsePositive } from "../../command-line/parse-count.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { parseDataSource } from "../../learning/data/parse-data-source.ts";
import type { FitSubject } from "../read-fit-subject.ts";

/** Adds `commonweight worker fit`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("fit")
    .description(
      "compare your data with a project, and play a practice round; on this machine only",
    )
    .argument("[project]", "number of the project", parseProjectId)
    .option("--manifest <file>", "a manifest (JSON), instead of a project of the market")
    .requiredOption("--data <source>", "your samples: mnist, a file or a folder")
    .option("--samples <number>", "use only so many of them", parseCount)
    .option("--part <i/n>", "the i-th of n disjoint parts, from 1")
    .option("--split <plan>", "how parts are made: iid or dirichlet:<alpha>", "iid")
    .option("--seed <text>", "of the parts and of the practice round")
    .option(
      "--target <column>",
      "CSV, Parquet: the column of the class (default: the project's, or the last)",
    )
    .option("--no-practice", "compare only")
    .option("--practice-minutes <number>", "how long a practice round may take", parsePositive, 2)
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .addHelpText(
      "after",
      "\nA practice round costs nothing and sends nothing. Its score, 0 to 100, says how well your update points where\nsamples point that it has not seen. Exit status 4 when the data do not fit.\n\nExamples:\n  commonweight worker fit 1 --data patients.csv\n  commonweight worker fit --manifest manifest.json --data patients.csv --no-practice",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, progress, signal } = invocation;
        const { dataFileOptions } = await import("../../learning/data/data-file-options.ts");
        const { fitReport } = await import("../../learning/data/fit-report.ts");
        const { openDataset } = await import("../../learning/data/open-dataset.ts");
        const { practiceRound } = await import("../../learning/training/practice-round.ts");
        const { practiseInTime } = await import("../practise-in-time.ts");
        const { projectDataset } = await import("../../learning/data/project-dataset.ts");
        const { secureBytes } = await import("../../learning/random.ts");
        const { CommonweightError, isErrorOf } = await import("../../protocol/errors.ts");
        const { learningErrors } = await import("../../learning/errors.ts");
        const { workerErrors } = await import("../errors.ts");
        const { diverged, fitText, practiceObstacle } = await import("../fit-text.ts");
        const { readFitFile, readFitProject } = await import("../read-fit-subject.ts");
        const projectId = args[0] as bigint | undefined;
        if ((projectId === undefined) === (options.manifest === undefined)) {
          throw new CommonweightError(workerErrors.subjectUnclear);
        }
        const source = parseDataSource(options);
        const compare = async ({ manifest, loadModel, ...subject }: FitSubject) => {
          const { model, data } = manifest;
          const dataset = await openDataset({
            ...source,
            files: {
              ...dataFileOptions(data),
              ...(options.target === undefined ? {} : { targetColumn: String(options.target) }),
            },
          });
          const isShaped = dataset.inputShape.join() === data.inputShape.join();
          const report = await fitReport(
            isShaped ? projectDataset(dataset, data) : dataset,
            model,
            isShaped ? data : { classes: data.classes },
          );
          const { classes } = data;
          const noPractice =
            options.practice === false ? "not asked for" : practiceObstacle(report, model.kind);
          if (noPractice !== undefined) {
            return { report, classes, practice: null, noPractice, modelFrom: null };
          }
          progress("fetching the model");
          const { parameters, modelFrom } = await loadModel();
          progress("playing a practice round");
          const practice = await practiseInTime({
            practise: (around) =>
              practiceRound({
                ...{ ...subject, ...around, manifest, parameters },
                dataset: projectDataset(dataset, data),
                seed: String(options.seed ?? "practice"),
                randomBytes: secureBytes,
              }),
            longestMs: 60_000 * Number(options.practiceMinutes),
            signal,
          }).catch((error: unknown) => {
            if (isErrorOf(error, learningErrors.diverged)) return null;
            throw error;
          });
          if (practice === null) {
            return { ...diverged(report), classes, practice, modelFrom: null };
          }
          if (typeof practice === "string") {
            return { report, classes, practice: null, noPractice: practice, modelFrom: null };
          }
          return { report, classes, practice, noPractice: null, modelFrom };
        };
        progress("reading the project");
        const srsPath = options.srs as string | undefined;
        const words =
          projectId === undefined
            ? await compare(await readFitFile(String(options.manifest)))
            : await withChain(invocation, async (chain) =>
                compare(await readFitProject(chain, projectId, { config, srsPath, signal })),
              );
        const { report, classes: _, ...practised } = words;
        return {
          data: { ...report, ...practised },
          text: fitText(words),
          isNegative: !report.isFit,
        };
      }),
    );
};
