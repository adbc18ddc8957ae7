import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option } from "commander";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { addModelChoice, addReaderOptions } from "../../command-line/model-options.ts";

/** Adds `commonweight owner pull`. */
export const register: RegisterCommand = (parent, context) => {
  addReaderOptions(
    addModelChoice(
      addCompareOption(parent.command("pull"))
        .description("fetch a project's model, verify it against the chain, and write it to a file")
        .argument("<project>", "number of the project, or its folder")
        .option("--out <file>", "where to write it (default: named after project and model)")
        .option(
          "--manifest <file>",
          "write the project's manifest, too: layers, classes, columns, normalisation",
        ),
    ).addOption(
      new Option("--format <name>", "npy is the flat vector, npz has named tensors")
        .choices(["safetensors", "npy", "npz", "onnx"])
        .default("safetensors"),
    ),
  )
    .addHelpText(
      "after",
      "\nNothing is written unless the model opens the commitment on chain. Needs no signing key, and for a private project the state folder it was posted or joined from.\n\nExamples:\n  commonweight owner pull 1 --out model.onnx --format onnx\n  commonweight owner pull fraud --round 3\n  commonweight owner pull 1 --out model.npz --format npz --manifest manifest.json",
    )
    .action(
      context.action(async (invocation) => {
        const { options } = invocation;
        const { exportModel } = await import("../model/export-model.ts");
        const { pullChosenModel } = await import("../model/pull-chosen-model.ts");
        const { manifestText } = await import("../../protocol/manifest/manifest.ts");
        const { fileFailure } = await import("../posting/project-folder.ts");
        const { projectId, committed, manifest, published } = await pullChosenModel(invocation);
        const format = options.format as Parameters<typeof exportModel>[2];
        const bytes = exportModel(committed, manifest, format);
        const { version, roundIndex, cid, commitment } = published;
        const name = `project-${projectId}-model-${version}.${format}`;
        const write = async (file: unknown, content: Uint8Array | string) => {
          const path = resolve(String(file));
          await writeFile(path, content).catch((cause) => {
            throw fileFailure(path, cause);
          });
          return path;
        };
        const path = await write(options.out ?? name, bytes);
        const manifestPath =
          options.manifest === undefined
            ? null
            : await write(options.manifest, manifestText(manifest));
        const made = version === 0 ? "the initial one" : `made by round ${roundIndex}`;
        return {
          data: {
            projectId,
            version,
            roundIndex,
            cid,
            commitment,
            format,
            path,
            bytes: bytes.length,
            manifestPath,
          },
          text: [
            `model ${version} of project ${projectId}, ${made}, opens its commitment on chain`,
            `CID   ${cid}`,
            `file  ${path} (${format}, ${bytes.length} bytes)`,
            ...(manifestPath === null ? [] : [`with  ${manifestPath} (the project's manifest)`]),
          ].join("\n"),
        };
      }),
    );
};
