import { amountText } from "../../protocol/market/token-amount.ts";
import { voidWords } from "../../protocol/market/void-words.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { ProjectAudit } from "../replay-project.ts";
import { laterWords, newerBlocksWords, readBlockWords } from "./read-block-words.ts";

const MARKS = { true: "ok      ", false: "FAILED  ", null: "skipped " } as const;

const line = (check: AuditCheck) =>
  `  ${MARKS[`${check.isPassed}`]} ${check.name.padEnd(16)} ${check.detail}`;

/** An audit as a table for people. */
export function auditText(audit: ProjectAudit): string {
  const rounds = audit.rounds.flatMap((round) => [
    "",
    `round ${round.roundIndex}${round.outcome?.isVoid ? " (void)" : ""}, settled in ${round.transactionHash}`,
    ...round.checks.map(line),
    "   trainer                                     verdict            weight  share  earned",
    ...round.trainers.map((trainer, index) =>
      [
        `   ${trainer.padEnd(43)}`,
        (round.outcome?.verdicts[index] ?? "?").padEnd(18),
        String(round.outcome?.weights[index] ?? "?").padStart(6),
        String(round.outcome?.shares[index] ?? "?").padStart(6),
        ` ${amountText(round.earningsWei[index] as bigint, audit.token)}`,
      ].join(" "),
    ),
  ]);
  const voided = audit.voidRounds.map(
    ({ roundIndex, reason }) => `round ${roundIndex} came to nothing: ${voidWords(reason)}`,
  );
  const all = [...audit.checks, ...audit.rounds.flatMap(({ checks }) => checks)];
  const failed = all.filter(({ isPassed }) => isPassed === false).length;
  const skipped = all.filter(({ isPassed }) => isPassed === null).length;
  const later = laterWords(audit.later, audit.readAt);
  return [
    `project ${audit.projectId} of the market ${audit.market} on chain ${audit.chainId}`,
    `up to its last event in block ${audit.lastBlock} (${audit.lastBlockHash}), as the node tells it`,
    `${readBlockWords(audit.readAt)}; ${newerBlocksWords(audit.readAt)}`,
    ...(audit.setup.isDevelopment
      ? ["DEVELOPMENT KEYS: their secret is public, so these proofs prove nothing"]
      : []),
    ...audit.checks.map(line),
    ...rounds,
    ...(voided.length > 0 ? ["", ...voided] : []),
    "",
    failed > 0
      ? `${failed} of ${all.length} checks FAILED`
      : `no check failed: ${all.length - skipped} passed, ${skipped} skipped`,
    ...(later === undefined ? [] : [`${later} (--block latest reads at the newest block)`]),
  ].join("\n");
}
