import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { addModelChoice, addReaderOptions } from "../../command-line/model-options.ts";

/** Adds `commonweight owner predict`. */
export const register: RegisterCommand = (parent, context) => {
  addReaderOptions(
    addModelChoice(
      addCompareOption(parent.command("predict"))
        .description(
          "fetch a project's model, verify it against the chain, and predict the classes of samples",
        )
        .argument("<project>", "number of the project, or its folder")
        .requiredOption(
          "--data <source>",
          "samples, with or without a class: .csv, .tsv, .parquet, .npy, .npz, a folder, mnist:test",
        )
        .option("--out <file>", "table to write (default: named after project and model)")
        .option("--probabilities", "a column for each class, of how sure the model is of it"),
    ),
  )
    .addHelpText(
      "after",
      "\nWrites a table of your rows with a column for the class and one for how sure the model is, with commas between cells\nand points in numbers, whatever yours has. The samples do not leave this machine. Needs no signing key.\n\nExamples:\n  commonweight owner predict fraud --data new-transactions.csv\n  commonweight owner predict 1 --data scans --out scans.csv --probabilities",
    )
    .action(
      context.action(async (invocation) => {
        const { options, signal, progress } = invocation;
        const { predictSamples } = await import("../model/predict-samples.ts");
        const { predictionText } = await import("../model/prediction-text.ts");
        const { pullChosenModel } = await import("../model/pull-chosen-model.ts");
        const { ownerErrors } = await import("../errors.ts");
        const { fileFailure } = await import("../posting/project-folder.ts");
        const { CommonweightError } = await import("../../protocol/errors.ts");
        const given = String(options.data);
        const source = /^mnist(:test)?$/.test(given) ? given : resolve(given);
        const { projectId, ...pulled } = await pullChosenModel(invocation);
        const isDetailed = options.probabilities === true;
        const { csv, ...said } = await predictSamples(pulled, {
          ...{ source, isDetailed, signal },
          onProgress: progress,
        });
        const { version, roundIndex, cid } = pulled.published;
        const name = `project-${projectId}-model-${version}-predictions.csv`;
        const path = resolve(String(options.out ?? name));
        if (path === source) {
          throw new CommonweightError(ownerErrors.fileUnreadable, `${path}: --out is your samples`);
        }
        await writeFile(path, csv).catch((cause) => {
          throw fileFailure(path, cause);
        });
        return {
          data: { projectId, version, roundIndex, cid, path, ...said },
          text: predictionText(pulled.published, said, path),
        };
      }),
    );
};
