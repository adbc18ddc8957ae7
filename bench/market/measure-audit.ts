import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import type { Market } from "../../services/market/market.ts";

/** What is audited: everything by default. */
export interface AuditScope {
  /** Models are fetched and their commitments opened. */
  readonly hasModels?: boolean;
  /** This round alone. */
  readonly roundIndex?: number;
}

/** A project checked from chain and IPFS alone, as `commonweight audit` does; CPU seconds are those of all threads of this process. */
export async function measureAudit(
  { chain, projectId, webUrl }: Pick<Market, "chain" | "projectId" | "webUrl">,
  { hasModels = true, roundIndex }: AuditScope = {},
) {
  const contentStore = hasModels ? createGatewayStore({ urls: [webUrl] }) : undefined;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const audit = await auditProject({ chain, projectId, contentStore, roundIndex });
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  const checks = [...audit.checks, ...audit.rounds.flatMap((round) => round.checks)];
  return {
    isPassed: audit.isPassed,
    rounds: audit.rounds.length,
    // Those that could be made with what was looked at.
    checks: checks.filter(({ isPassed }) => isPassed !== null).length,
    seconds,
    cpuSeconds: (user + system) / 1e6,
  };
}
