import type { MarketAddresses } from "../../services/adapters/chain/addresses.ts";
import { connectChain } from "../../services/adapters/chain/connect.ts";
import { resolveAddresses } from "../../services/adapters/chain/resolve-addresses.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { auditReport, encodeAuditReport } from "../../services/auditor/report/audit-report.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { liesAbout } from "./lies.ts";
import { type Lie, type LyingNode, startLyingNode } from "./lying-node.ts";

/** A market whose rounds are settled. */
export interface SettledMarket {
  readonly rpcUrl: string;
  readonly addresses: MarketAddresses;
  readonly projectId: bigint;
  /** A block between two of its rounds. */
  readonly olderBlock: number;
  /** What the auditor wants to read at; as audits choose unless told. */
  readonly block?: number;
}

/** What became of a lie: by what an auditor noticed it, or that it told nobody anything else. */
export type Fate =
  | { readonly noticedBy: string }
  /** Nothing was found, and the report says something else: whoever compares two reports sees it. */
  | "another-report"
  | "same-report";

/** A node that lies to an auditor, again and again. */
export interface LiedTo {
  /** All lies that the node could tell. */
  readonly lies: readonly Lie[];
  /** Audits once. @param isCompared Whether with an honest node beside it. */
  audit(lie: Lie, isCompared?: boolean): Promise<Fate>;
  stop(): Promise<void>;
}

/** Audits a market through an honest node, and finds out what there is to be lied about. */
export async function lieTo(market: SettledMarket): Promise<LiedTo> {
  const node: LyingNode = await startLyingNode(market.rpcUrl);
  const honest = await reportThrough(node.url, market);
  if (typeof honest !== "string")
    throw new RangeError(`the truth was not believed: ${honest.noticedBy}`);
  const lies = liesAbout(new Map(node.heard), market.olderBlock);
  return {
    lies,
    audit: async (lie, isCompared = false) => {
      node.lie(lie);
      try {
        const report = await reportThrough(node.url, market, isCompared ? [node.honestUrl] : []);
        if (typeof report !== "string") return report;
        return report === honest ? "same-report" : "another-report";
      } finally {
        node.lie(undefined);
      }
    },
    stop: () => node.stop(),
  };
}

/** The report of an audit that found nothing; of one that found something, what it was. */
async function reportThrough(
  rpcUrl: string,
  { addresses, projectId, block }: SettledMarket,
  compareUrls: readonly string[] = [],
): Promise<string | Exclude<Fate, string>> {
  const nodes = { rpcUrl, compareUrls };
  try {
    const resolved = await resolveAddresses({ ...nodes, ...addresses });
    const chain = await connectChain({ ...nodes, addresses: resolved, chainId: 31337 });
    try {
      const audit = await auditProject({ chain, projectId, block });
      if (audit.isPassed) return encodeAuditReport(auditReport(audit));
      const checks = [...audit.checks, ...audit.rounds.flatMap((round) => round.checks)];
      const failed = checks.filter(({ isPassed }) => isPassed === false).map(({ name }) => name);
      return { noticedBy: [...new Set(failed)].sort().join(", ") };
    } finally {
      chain.close();
    }
  } catch (error) {
    // Whatever else is thrown is a mistake of ours: a node's answer must not break a program.
    if (!(error instanceof CommonweightError)) throw error;
    return { noticedBy: error.code };
  }
}
