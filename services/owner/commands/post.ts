import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { shellWord } from "../../command-line/shell-word.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { tokenFormatter } from "../../command-line/token-amount.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { readManifest } from "../../protocol/manifest/manifest.ts";
import { ownerErrors } from "../errors.ts";
import {
  fileFailure,
  type ProjectFolder,
  readProjectFolder,
  writeProjectFile,
  writeProjectFileNow,
} from "../posting/project-folder.ts";

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
    throw fileFailure(path, cause);
  });
}

/** What is posted: of a folder, or of two files. @throws CW4013, CW4020 for a folder that was posted before. */
async function readSubject(
  folder: unknown,
  options: Readonly<Record<string, unknown>>,
): Promise<Pick<ProjectFolder, "manifest" | "termsText"> & { folder?: ProjectFolder }> {
  if (folder === undefined) {
    const text = await readText(String(options.manifest ?? "manifest.json"));
    const termsText = await readText(String(options.terms ?? "terms.json"));
    return { manifest: readManifest(new TextEncoder().encode(text)), termsText };
  }
  const read = await readProjectFolder(resolve(String(folder)));
  const { posted } = read.project;
  if (posted !== undefined && options.again !== true) {
    throw new CommonweightError(
      ownerErrors.postedAlready,
      `as project ${posted.projectId} of the market ${posted.market}`,
    );
  }
  return { manifest: read.manifest, termsText: read.termsText, folder: read };
}

/** Adds `commonweight owner post`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(addKeystoreOption(parent.command("post")))
    .description("publish a project's manifest and first model, and put its budget into escrow")
    .argument("[folder]", "a project's folder, instead of --manifest and --terms")
    .option("--manifest <file>", "the project's manifest (JSON)")
    .option("--terms <file>", "the terms that the contract enforces (JSON)")
    .option(
      "--aggregator <addresses>",
      "aggregators by comma, instead of those in the terms",
      (text) => text.split(",").map((each) => parseAddress(each.trim())),
    )
    .option("--yes", "do not ask")
    .option("--again", "post the folder's project once more, with a second escrow")
    .option("--wait <seconds>", "how long to wait for an aggregator to fetch the files", "120")
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .addHelpText(
      "after",
      `\nSays what it costs, escrow and gas, and asks before anything is sent.\n\nTerms, amounts in wei in quotes; what is left out gets a sensible value:\n  ${EXAMPLE_TERMS}\n\nExamples:\n  commonweight owner post fraud --keystore owner.json\n  commonweight owner post --manifest manifest.json --terms terms.json --keystore owner.json`,
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress, terminal, isJson } = invocation;
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { loadEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { parseTerms } = await import("../posting/terms-file.ts");
        const { registeredAggregators } = await import("../posting/registered-aggregators.ts");
        const { refuseUnfinishedPosting } = await import("../posting/find-posting.ts");
        const { publishProject } = await import("../posting/publish-project.ts");
        const { postingWarnings, quotePosting, quoteText } = await import(
          "../posting/quote-posting.ts"
        );
        const { manifest, termsText, folder } = await readSubject(args[0], options);
        const privateKey = await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const terms = parseTerms(termsText, {
              manifest,
              wrappedNative: chain.addresses.wrappedNative,
              account: chain.account as string,
              aggregators: options.aggregator as string[] | undefined,
              registered: await registeredAggregators(chain),
            });
            const money = await tokenFormatter(chain, terms.rewardToken);
            if (folder !== undefined && options.again !== true) {
              await refuseUnfinishedPosting(chain, folder);
            }
            const place = {
              chainId: chain.chainId.toString(),
              market: chain.addresses.market,
            };
            const posted = await publishProject({
              chain,
              manifest,
              terms,
              encryptionKeys: () =>
                loadEncryptionKeys(
                  join(config.stateFolder, "encryption-key.json"),
                  createHpkeEnvelope(),
                ),
              ipfsFolder: join(config.stateFolder, "ipfs"),
              cacheDir: config.cacheFolder,
              srsPath: options.srs as string | undefined,
              waitMs: 1000 * Number(options.wait),
              signal,
              onProgress: progress,
              confirm: async (prepared) => {
                const quote = await quotePosting(chain, prepared);
                if (!isJson) terminal.writeMessage(quoteText(prepared, quote, money));
                for (const warning of postingWarnings(manifest)) terminal.writeMessage(warning);
                const { rounds, parameterCount } = prepared.terms;
                await confirm(
                  invocation,
                  `Post a project of ${rounds} rounds and ${parameterCount} parameters, with ${money(prepared.escrowWei)} in escrow?`,
                );
              },
              onSending: (sending) => {
                if (folder === undefined) return;
                writeProjectFileNow(folder.folder, {
                  ...folder.project,
                  posting: { ...place, ...sending },
                });
              },
              onPosted: async ({ projectId, transactionHash }) => {
                if (folder === undefined) return;
                const { posting: _, ...project } = folder.project;
                const posted = { ...place, projectId: projectId.toString(), transactionHash };
                await writeProjectFile(folder.folder, { ...project, posted });
              },
            });
            const next =
              folder === undefined
                ? `commonweight owner reference ${posted.projectId} --data <samples>`
                : `commonweight owner reference ${shellWord(String(args[0]))} --keystore <file>`;
            return {
              data: posted,
              text: [
                `project ${posted.projectId} is posted (transaction ${posted.transactionHash})`,
                `escrow    ${money(posted.escrowWei)}`,
                `gas       ${posted.gasUsed}`,
                `manifest  ${posted.manifestCid}`,
                `model     ${posted.modelCid}`,
                "",
                `Now serve its reference, until it ends: ${next}`,
              ].join("\n"),
            };
          },
          { privateKey },
        );
      }),
    );
};
