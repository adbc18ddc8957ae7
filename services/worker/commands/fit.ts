import { readFile } from "node:fs/promises";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import type { FitReport } from "../../learning/fit-report.ts";
import { parseDataSource } from "../../learning/parse-data-source.ts";

function describe(report: FitReport): string {
  const { range } = report;
  return [
    report.isFit ? "the data fit the project" : "the data do not fit the project",
    ...report.findings.map(({ severity, message }) => `  ${severity}: ${message}`),
    `samples        ${report.samples}, of shape [${report.inputShape}]`,
    `classes        ${report.classCounts.join(", ")}`,
    `values         ${range.min.toPrecision(3)} to ${range.max.toPrecision(3)}, mean ${range.mean.toPrecision(3)}`,
  ].join("\n");
}

/** Adds `commonweight worker fit`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("fit")
    .description("compare your data with a project's manifest, on this machine only")
    .requiredOption("--manifest <file>", "the project's manifest (JSON)")
    .requiredOption("--data <source>", "your samples: mnist, a file or a folder")
    .option("--samples <number>", "use only so many of them")
    .option("--part <i/n>", "the i-th of n disjoint parts, from 1")
    .option("--split <plan>", "how parts are made: iid or dirichlet:<alpha>", "iid")
    .option("--seed <text>", "of the parts")
    .option(
      "--target <column>",
      "CSV: the column of the class (default: the project's, or the last)",
    )
    .addHelpText(
      "after",
      "\nExample:\n  commonweight worker fit --manifest manifest.json --data patients.csv",
    )
    .action(
      context.action(async ({ options }) => {
        const { readManifest } = await import("../../protocol/manifest.ts");
        const { openDataset } = await import("../../learning/open-dataset.ts");
        const { dataFileOptions } = await import("../../learning/data-file-options.ts");
        const { projectDataset } = await import("../../learning/project-dataset.ts");
        const { fitReport } = await import("../../learning/fit-report.ts");
        const { model, data } = readManifest(await readFile(String(options.manifest)));
        const dataset = await openDataset({
          ...parseDataSource(options),
          files: {
            ...dataFileOptions(data),
            ...(options.target === undefined ? {} : { targetColumn: String(options.target) }),
          },
        });
        const isShaped = dataset.inputShape.join() === data.inputShape.join();
        const report = await fitReport(isShaped ? projectDataset(dataset, data) : dataset, model);
        return { data: report, text: describe(report), isNegative: !report.isFit };
      }),
    );
};
