import { z } from "zod";
import type { AuditCheck } from "../audit-check.ts";
import { FINALITIES } from "../evidence/read-block.ts";
import type { ProjectAudit } from "../replay-project.ts";

const wei = z.string().regex(/^\d+$/);
const check = z.strictObject({
  name: z.string(),
  result: z.enum(["passed", "failed", "not-checked"]),
  detail: z.string(),
});

/** The report of an audit. Auditors who checked the same things of the same chain at the same block write the same bytes. */
export const auditReportSchema = z.strictObject({
  format: z.literal("commonweight-audit/3"),
  chainId: wei,
  market: z.string(),
  projectId: wei,
  /** The block that everything was read at, and whether the node called it final. */
  readAt: z.strictObject({ block: z.int(), hash: z.string(), finality: z.enum(FINALITIES) }),
  /** What had happened in the project after that block when the report was made. */
  later: z.strictObject({ events: z.int(), rounds: z.array(z.int()) }),
  /** Block of the project's last event until then. */
  lastBlock: z.int(),
  /** Says which chain that is, also when two have the same number. */
  lastBlockHash: z.string(),
  /** Of every event that market and vault wrote about the project: whoever was told anything else has another one. */
  historyHash: z.string(),
  owner: z.string(),
  manifestCid: z.string(),
  termsHash: z.string(),
  /** As the token describes itself; amounts below are in its smallest unit. */
  token: z.strictObject({ address: z.string(), symbol: z.string(), decimals: z.int() }),
  setup: z.strictObject({
    label: z.string(),
    isDevelopment: z.boolean(),
    checksum: z.string(),
  }),
  counts: z.strictObject({ passed: z.int(), failed: z.int(), notChecked: z.int() }),
  checks: z.array(check),
  rounds: z.array(
    z.strictObject({
      roundIndex: z.int(),
      transactionHash: z.string(),
      blockNumber: z.int(),
      isVoid: z.boolean(),
      budgetWei: wei,
      paidWei: wei,
      checks: z.array(check),
      trainers: z.array(
        z.strictObject({
          trainer: z.string(),
          verdict: z.string(),
          weight: z.int().nullable(),
          share: z.int().nullable(),
          earnedWei: wei,
        }),
      ),
      exclusions: z.array(
        z.strictObject({
          trainer: z.string(),
          slot: z.int(),
          reason: z.string(),
          bundleCid: z.string(),
        }),
      ),
    }),
  ),
  voidRounds: z.array(z.strictObject({ roundIndex: z.int(), reason: z.string() })),
  reliability: z.array(
    z.strictObject({
      trainer: z.string(),
      joinedWith: z.int(),
      outcomes: z.int(),
      strikes: z.int(),
      recomputed: z.int(),
      recorded: z.int().nullable(),
      isSame: z.boolean(),
    }),
  ),
});

/** A report as plain data. */
export type AuditReport = z.infer<typeof auditReportSchema>;

function told({ name, isPassed, detail }: AuditCheck): z.infer<typeof check> {
  const result = isPassed === null ? "not-checked" : isPassed ? "passed" : "failed";
  return { name, result, detail };
}

/** The report of an audit, as plain data: no time, path or address of whoever made it. */
export function auditReport(audit: ProjectAudit): AuditReport {
  const all = [...audit.checks, ...audit.rounds.flatMap(({ checks }) => checks)].map(told);
  const count = (result: string) => all.filter((each) => each.result === result).length;
  return {
    format: "commonweight-audit/3",
    chainId: String(audit.chainId),
    market: audit.market,
    projectId: String(audit.projectId),
    readAt: {
      block: audit.readAt.block,
      hash: audit.readAt.hash,
      finality: audit.readAt.finality,
    },
    later: { events: audit.later.events, rounds: [...audit.later.rounds] },
    lastBlock: audit.lastBlock,
    lastBlockHash: audit.lastBlockHash,
    historyHash: audit.historyHash,
    owner: audit.owner,
    manifestCid: audit.manifestCid,
    termsHash: audit.termsHash,
    token: { ...audit.token },
    setup: { ...audit.setup },
    counts: {
      passed: count("passed"),
      failed: count("failed"),
      notChecked: count("not-checked"),
    },
    checks: audit.checks.map(told),
    rounds: audit.rounds.map((round) => ({
      roundIndex: round.roundIndex,
      transactionHash: round.transactionHash,
      blockNumber: round.blockNumber,
      isVoid: round.outcome?.isVoid ?? false,
      budgetWei: String(round.budgetWei),
      paidWei: String(round.paidWei),
      checks: round.checks.map(told),
      trainers: round.trainers.map((trainer, index) => ({
        trainer,
        verdict: round.outcome?.verdicts[index] ?? "unreadable",
        weight: round.outcome?.weights[index] ?? null,
        share: round.outcome?.shares[index] ?? null,
        earnedWei: String(round.earningsWei[index]),
      })),
      exclusions: round.exclusions.map((each) => ({ ...each })),
    })),
    voidRounds: audit.voidRounds.map((each) => ({ ...each })),
    reliability: audit.reliability.map((each) => ({ ...each })),
  };
}

/** Sorts the names of every object, so that the bytes depend on nothing but the content. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, entry]) => [name, sorted(entry)]),
  );
}

/** A report's bytes: JSON with sorted names, two spaces, and a line feed at the end. */
export function encodeAuditReport(report: AuditReport): string {
  return `${JSON.stringify(sorted(report), null, 2)}\n`;
}
