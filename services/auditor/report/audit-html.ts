import { amountText } from "../../protocol/market/token-amount.ts";
import { voidWords } from "../../protocol/market/void-words.ts";
import type { AuditReport } from "./audit-report.ts";
import { laterWords, readBlockWords } from "./read-block-words.ts";
import { reportStyle } from "./report-style.ts";

type Check = AuditReport["checks"][number];
type Round = AuditReport["rounds"][number];

const MARKS = { passed: "passed", failed: "FAILED", "not-checked": "not checked" } as const;

/** Text that came from a chain or a file, for a page. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** Writes amounts in whole tokens, with every digit. */
type Money = (amountWei: string) => string;

function table(caption: string, head: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return "";
  const heads = head.map((name) => `<th scope="col">${name}</th>`).join("");
  return `<div class="wide"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

function checkTable(caption: string, checks: readonly Check[]): string {
  return table(
    caption,
    ["Check", "Result", "What was found"],
    checks.map(
      ({ name, result, detail }) =>
        `<tr class="${result}"><th scope="row">${escapeHtml(name)}</th><td><span class="mark">${MARKS[result]}</span></td><td class="detail">${escapeHtml(detail)}</td></tr>`,
    ),
  );
}

function roundSection(round: Round, money: Money): string {
  const failed = round.checks.filter(({ result }) => result === "failed").length;
  const state = failed > 0 ? `${failed} checks FAILED` : round.isVoid ? "void" : "no check failed";
  const trainers = round.trainers.map(
    ({ trainer, verdict, weight, share, earnedWei }) =>
      `<tr><th scope="row"><code>${escapeHtml(trainer)}</code></th><td>${escapeHtml(verdict)}</td><td class="number">${weight ?? "-"}</td><td class="number">${share ?? "-"}</td><td class="number">${money(earnedWei)}</td></tr>`,
  );
  const excluded = round.exclusions.map(
    ({ trainer, slot, reason, bundleCid }) =>
      `<tr><th scope="row"><code>${escapeHtml(trainer)}</code></th><td class="number">${slot}</td><td>${escapeHtml(reason)}</td><td><code>${escapeHtml(bundleCid)}</code></td></tr>`,
  );
  return `<section><h3>Round ${round.roundIndex}: ${state}</h3>
<p>Settled in <code>${escapeHtml(round.transactionHash)}</code> (block ${round.blockNumber}). Budget ${money(round.budgetWei)}, paid ${money(round.paidWei)}.</p>
${table(`Trainers of round ${round.roundIndex}`, ["Trainer", "Verdict", "Weight of 1024", "Share of 65535", "Earned"], trainers)}
${table(`Left out of round ${round.roundIndex}`, ["Trainer", "Slot", "The aggregator's reason", "Bundle"], excluded)}
${checkTable(`Checks of round ${round.roundIndex}`, round.checks)}
</section>`;
}

function verdict({ counts }: AuditReport): string {
  const { passed, failed, notChecked } = counts;
  const rest = notChecked > 0 ? `, ${notChecked} could not be made` : "";
  if (failed > 0)
    return `<p class="verdict failed">${failed} of ${passed + failed} checks FAILED${rest}.</p>`;
  return `<p class="verdict passed">No check failed: ${passed} passed${rest}.</p>`;
}

/**
 * A report as one page that needs nothing else: no script, no network, readable on paper. It is made of the same data as the JSON,
 * whose checksum it names.
 *
 * @param checksum SHA-256 of the JSON report, in hex.
 */
export function auditHtml(report: AuditReport, checksum: string): string {
  const { setup, projectId, market, chainId, lastBlock, rounds, voidRounds, reliability } = report;
  const money: Money = (amountWei) => escapeHtml(amountText(BigInt(amountWei), report.token));
  const notLookedAt = laterWords(report.later, report.readAt);
  const title = `Audit of project ${projectId}`;
  const warning = setup.isDevelopment
    ? `<p class="verdict failed">Development setup: its secret is public, so whoever knows it can prove anything. Everything below holds only for practice.</p>`
    : "";
  const scores = reliability.map(
    (each) =>
      `<tr class="${each.isSame ? "passed" : "failed"}"><th scope="row"><code>${escapeHtml(each.trainer)}</code></th><td class="number">${each.joinedWith}</td><td class="number">${each.outcomes}</td><td class="number">${each.recomputed}</td><td class="number">${each.recorded ?? "-"}</td></tr>`,
  );
  const voided = voidRounds.map(
    ({ roundIndex, reason }) =>
      `<tr><th scope="row">${roundIndex}</th><td>${escapeHtml(voidWords(reason))}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>Market <code>${escapeHtml(market)}</code> on chain ${chainId}, up to its last event in block ${lastBlock} (<code>${escapeHtml(report.lastBlockHash)}</code>), ${escapeHtml(readBlockWords(report.readAt))}. Posted by <code>${escapeHtml(report.owner)}</code>. Setup: ${escapeHtml(setup.label)}.</p>
${verdict(report)}
${notLookedAt === undefined ? "" : `<p>Newer events were ${escapeHtml(notLookedAt)}.</p>`}
${warning}
<h2>Setup, models and trainers</h2>
${checkTable("Checks of the whole project", report.checks)}
${table("Reliability, recomputed from the proven verdicts", ["Trainer", "Joined with", "Verdicts", "Recomputed", "On chain"], scores)}
<h2>Rounds</h2>
${rounds.length === 0 ? "<p>No round was settled.</p>" : rounds.map((round) => roundSection(round, money)).join("\n")}
${table("Rounds that came to nothing", ["Round", "Reason"], voided)}
<h2>What this is</h2>
<p>Everything was recomputed from the chain and from IPFS, trusting no server but the RPC node, for what is on the chain. Not checked by anybody: that trainers trained honestly,
that a bundle that was left out was really unreadable, and that the chain keeps the blocks of this report, whatever the node calls final. What the chain told has the hash
<code>${escapeHtml(report.historyHash)}</code>. Another auditor gets the same JSON report, byte for byte; its SHA-256 is <code>${checksum}</code>.</p>
</main>
</body>
</html>
`;
}
