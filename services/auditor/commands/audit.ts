import { createHash } from "node:crypto";
import { access, constants, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { BlockChoice } from "../../adapters/chain/rpc/final-block.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption, comparedNodes } from "../../command-line/compare-option.ts";
import { modelCopyKeepers } from "../../command-line/model-copies.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseBlockChoice } from "../../command-line/parse-block-choice.ts";
import { parseProjectId, parseRoundIndex } from "../../command-line/parse-project-id.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { auditorErrors } from "../errors.ts";
import type { AuditReport } from "../report/audit-report.ts";

/** An audit takes minutes: where its report cannot go is said before. @throws CW4602 */
async function requireFolder(path: unknown): Promise<void> {
  if (path === undefined) return;
  const absolute = resolve(String(path));
  await access(dirname(absolute), constants.W_OK).catch((cause: unknown) => {
    throw new CommonweightError(auditorErrors.fileUnreadable, absolute, { cause });
  });
}

async function write(path: unknown, text: string): Promise<string> {
  const absolute = resolve(String(path));
  await writeFile(absolute, text).catch((cause: unknown) => {
    throw new CommonweightError(auditorErrors.fileUnreadable, absolute, { cause });
  });
  return absolute;
}

/** Another auditor's report. @throws CW4602, CW4604 */
async function readReport(path: unknown): Promise<AuditReport | undefined> {
  if (path === undefined) return undefined;
  const { MOST_REPORT_BYTES, readAuditReport } = await import("../report/read-report.ts");
  const absolute = resolve(String(path));
  try {
    if ((await stat(absolute)).size > MOST_REPORT_BYTES) throw new RangeError("too large");
    return readAuditReport(await readFile(absolute, "utf8"));
  } catch (cause) {
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(auditorErrors.fileUnreadable, absolute, { cause });
  }
}

/** Adds `commonweight audit`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(parent.command("audit"))
    .description("replay a project's rounds from the chain: proofs, outcomes, payouts, models")
    .argument("<project>", "number of the project", parseProjectId)
    .option("--round <number>", "only this round, from 0", parseRoundIndex)
    .option(
      "--block <block>",
      "read at this block: latest, safe, finalized, or its number",
      parseBlockChoice,
    )
    .option("--no-models", "the chain alone: fetch no model from IPFS")
    .option("--key <file>", "encryption key of a reader, to open a private project's models")
    .option("--srs <file>", "powers of tau (.ptau) of the ceremony, to compare with the contract")
    .option("--report <file>", "write the report as JSON: the same bytes for every auditor")
    .option("--html <file>", "write the report as one page")
    .option("--compare-report <file>", "compare with the JSON report of another auditor")
    .addHelpText(
      "after",
      "\nReads at the last block that the node calls final, or at the newest where it calls none so: what happened later is not looked at, and the audit says what that is.\nExit status 4 when a check fails, or another auditor's report says something else. Needs no signing key and trusts no server but the RPC node: name others with --compare-rpc, and one honest one is enough.\n\nExamples:\n  commonweight audit 1 --report audit.json --html audit.html\n  commonweight audit 1 --block latest",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, progress } = invocation;
        const { readPosting } = await import("../../adapters/chain/projects/project-posting.ts");
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { readEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { auditProject } = await import("../audit-project.ts");
        const { auditHtml } = await import("../report/audit-html.ts");
        const { auditReport, encodeAuditReport } = await import("../report/audit-report.ts");
        const { auditText } = await import("../report/audit-text.ts");
        const { compareReports, comparisonText } = await import("../report/compare-reports.ts");
        const projectId = args[0] as bigint;
        await requireFolder(options.report);
        await requireFolder(options.html);
        const theirs = await readReport(options.compareReport);
        const audit = await withChain(invocation, async (chain) => {
          const { terms } = await readPosting(chain, projectId);
          return auditProject({
            chain,
            projectId,
            roundIndex: options.round as number | undefined,
            block: options.block as BlockChoice | undefined,
            contentStore:
              options.models === false ? undefined : await openProjectContent(chain, terms, config),
            keyring:
              options.key === undefined
                ? undefined
                : { envelope: createHpkeEnvelope(), keys: readEncryptionKeys(String(options.key)) },
            copyKeepers: modelCopyKeepers(chain, { projectId, ...terms }),
            srsPath: options.srs as string | undefined,
            cacheDir: config.cacheFolder,
            signal,
            onProgress: progress,
          });
        });
        const report = auditReport(audit);
        const json = encodeAuditReport(report);
        const checksum = createHash("sha256").update(json).digest("hex");
        const files = [
          ...(options.report === undefined ? [] : [await write(options.report, json)]),
          ...(options.html === undefined
            ? []
            : [await write(options.html, auditHtml(report, checksum))]),
        ];
        const others = comparedNodes(invocation).length;
        const compared = others === 0 ? [] : [`${others + 1} nodes gave the same answers`];
        const written = files.map((path) => `wrote ${path}`);
        const differences = theirs === undefined ? [] : compareReports(report, theirs);
        const text = [
          auditText(audit),
          ...compared,
          ...(theirs === undefined ? [] : [comparisonText(differences, theirs)]),
          `report's SHA-256: ${checksum}`,
          ...written,
        ].join("\n");
        return { data: report, text, isNegative: !audit.isPassed || differences.length > 0 };
      }),
    );
};
