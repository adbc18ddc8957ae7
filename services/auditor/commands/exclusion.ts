import { readFile } from "node:fs/promises";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseProjectId, parseRoundIndex } from "../../command-line/parse-project-id.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { auditorErrors } from "../errors.ts";

/** 32 bytes of hex in a file: a key does not belong on a command line. @throws CW4602 */
async function readBundleKey(path: unknown): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(String(path), "utf8").catch((cause: unknown) => {
    throw new CommonweightError(auditorErrors.fileUnreadable, String(path), { cause });
  });
  const hex = /^(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(text)?.[1];
  if (hex === undefined) {
    throw new CommonweightError(auditorErrors.fileUnreadable, `${path}: not 32 bytes of hex`);
  }
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** Adds `commonweight exclusion`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(parent.command("exclusion"))
    .description("look again at why a trainer's update was left out of a round")
    .argument("<project>", "number of the project", parseProjectId)
    .argument("<round>", "number of the round, from 0", parseRoundIndex)
    .argument("<trainer>", "address of the trainer", parseAddress)
    .option("--bundle-key <file>", "key of the bundle (hex), which an appealing trainer discloses")
    .option("--key <file>", "encryption key of one of the project's aggregators")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .addHelpText(
      "after",
      "\nFetches the bundle and recomputes what can be recomputed. Without a key much of it stays sealed, and the answer says so.\nExit status 4 when the exclusion is refuted.\n\nExample:\n  commonweight exclusion 1 0 0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress } = invocation;
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { readEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { recheckExclusion, recheckText } = await import("../checks/recheck-exclusion.ts");
        const [projectId, roundIndex, trainer] = args as [bigint, number, string];
        const bundleKey = await readBundleKey(options.bundleKey);
        const recheck = await withChain(invocation, async (chain) => {
          const { terms } = await readPosting(chain, projectId);
          progress("looking at the chain and fetching the bundle");
          return recheckExclusion({
            ...{ chain, projectId, roundIndex, trainer, bundleKey, signal },
            contentStore: await openProjectContent(chain, terms, config),
            keys: options.key === undefined ? undefined : readEncryptionKeys(String(options.key)),
            cacheDir: config.cacheFolder,
            srsPath: options.srs as string | undefined,
          });
        });
        return {
          data: recheck,
          text: recheckText(recheck),
          isNegative: recheck.conclusion === "refuted",
        };
      }),
    );
};
