import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";

const EXAMPLE_TERMS = `{
    "budgetPerRoundWei": "1000000000000000000",
    "stakeWei": "100000000000000000",
    "settleFeeWei": "10000000000000000",
    "aggregatorBondWei": "500000000000000000",
    "joinSeconds": 120, "openSeconds": 120, "commitSeconds": 240, "revealSeconds": 60, "settleSeconds": 180,
    "rounds": 8, "minTrainers": 3,
    "aggregators": ["0x90F79bf6EB2c4f870365E785982E1f101E93b906"]
  }`;

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new CommonweightError(ownerErrors.fileUnreadable, path, { cause });
  });
}

/** Adds `commonweight owner post`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("post"))
    .description("publish a project's manifest and first model, and put its budget into escrow")
    .requiredOption("--manifest <file>", "the project's manifest (JSON)")
    .requiredOption("--terms <file>", "the terms that the contract enforces (JSON)")
    .option("--yes", "do not ask")
    .option("--wait <seconds>", "how long to wait for an aggregator to fetch the files", "120")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .addHelpText(
      "after",
      `\nTerms, amounts in wei in quotes; what is left out gets a sensible value:\n  ${EXAMPLE_TERMS}\n\nExample:\n  commonweight owner post --manifest manifest.json --terms terms.json --keystore owner.json`,
    )
    .action(
      context.action(async (invocation) => {
        const { options, config, signal, progress } = invocation;
        const { readManifest } = await import("../../protocol/manifest.ts");
        const { parseTerms } = await import("../terms-file.ts");
        const { publishProject } = await import("../publish-project.ts");
        const manifest = readManifest(
          new TextEncoder().encode(await readText(String(options.manifest))),
        );
        const termsText = await readText(String(options.terms));
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const terms = parseTerms(termsText, {
              manifest,
              wrappedNative: chain.addresses.wrappedNative,
              account: chain.account as string,
            });
            const money = await tokenFormatter(chain, terms.rewardToken);
            const posted = await publishProject({
              chain,
              manifest,
              terms,
              ipfsFolder: join(config.stateFolder, "ipfs"),
              cacheDir: config.cacheFolder,
              srsPath: options.srs as string | undefined,
              waitMs: 1000 * Number(options.wait),
              signal,
              onProgress: progress,
              confirm: ({ escrowWei, terms: { parameterCount, rounds } }) =>
                confirm(
                  invocation,
                  `Post a project of ${rounds} rounds and ${parameterCount} parameters, with ${money(escrowWei)} in escrow?`,
                ),
            });
            return {
              data: posted,
              text: [
                `project ${posted.projectId} is posted (transaction ${posted.transactionHash})`,
                `escrow    ${money(posted.escrowWei)}`,
                `gas       ${posted.gasUsed}`,
                `manifest  ${posted.manifestCid}`,
                `model     ${posted.modelCid}`,
                "",
                `Now serve its reference: commonweight owner reference ${posted.projectId} --data <samples>`,
              ].join("\n"),
            };
          },
          { privateKey },
        );
      }),
    );
};
