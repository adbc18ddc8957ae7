import { writeFile } from "node:fs/promises";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { toJson } from "../../command-line/json.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseProjectId, parseRoundIndex } from "../../command-line/parse-project-id.ts";
import { openProjectContent } from "../../command-line/project-content.ts";

/** Adds `commonweight audit`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("audit")
    .description("replay a project's rounds from the chain: proofs, outcomes, payouts, models")
    .argument("<project>", "number of the project", parseProjectId)
    .option("--round <number>", "only this round, from 0", parseRoundIndex)
    .option("--no-models", "the chain alone: fetch no model from IPFS")
    .option("--key <file>", "encryption key of a reader, to open a private project's models")
    .option("--out <file>", "write the report as JSON")
    .addHelpText(
      "after",
      "\nExit status 4 when a check fails. Needs no signing key and trusts no server.\n\nExample:\n  commonweight audit 1 --out report.json",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress } = invocation;
        const { readPosting } = await import("../../adapters/chain/history.ts");
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { readEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { auditProject } = await import("../audit-project.ts");
        const { auditText } = await import("../audit-text.ts");
        const projectId = args[0] as bigint;
        const audit = await withChain(invocation, async (chain) => {
          const { terms } = await readPosting(chain, projectId);
          return auditProject({
            chain,
            projectId,
            roundIndex: options.round as number | undefined,
            contentStore:
              options.models === false ? undefined : await openProjectContent(chain, terms, config),
            keyring:
              options.key === undefined
                ? undefined
                : { envelope: createHpkeEnvelope(), keys: readEncryptionKeys(String(options.key)) },
            cacheDir: config.cacheFolder,
            signal,
            onProgress: progress,
          });
        });
        if (options.out !== undefined) await writeFile(String(options.out), `${toJson(audit)}\n`);
        return { data: audit, text: auditText(audit), isNegative: !audit.isPassed };
      }),
    );
};
