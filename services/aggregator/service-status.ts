import type { Chain } from "../adapters/chain/connect.ts";
import type { IpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Alert, Alerts } from "./alerts.ts";
import { aggregatorErrors } from "./errors.ts";
import type { AccountProjects } from "./projects/account-projects.ts";
import type { GuardedSteps } from "./projects/guarded-steps.ts";
import { buildRoundReport } from "./round/round-report.ts";
import { createRoundReports } from "./round/round-reports.ts";
import type { EventFeed, ServiceEvent } from "./service-event.ts";
import type { RoundStore } from "./store/round-store.ts";
import type { TransactionStore } from "./store/transaction-store.ts";

/** What the service says about itself. */
export interface ServiceStatus {
  /** Unix seconds. */
  readonly startedAt: number;
  /** What needs the operator now. */
  alerts(): readonly Alert[];
  /** Whether it can work; and the newest fifty projects whose last step failed. */
  readiness(): { readonly isReady: boolean };
  ipfs(): { peerId: string; multiaddrs: readonly string[] };
  market(): unknown;
  projects(): unknown;
  round(projectId: bigint, roundIndex: number): unknown;
  /** Under which CID a model is kept here whose CID on chain is no good. @throws CW5006 when there is none. */
  modelCopy(projectId: bigint, version: number): { readonly cid: string };
  /** What the referee says to have measured, as it signed it. */
  evaluations(projectId: bigint): unknown;
  /** Calls `listener` for every event until the returned function is called. */
  onEvent(listener: (event: ServiceEvent) => void): () => void;
}

/** Projects that one answer tells of: anybody may post thousands, and ask for all of them fifty times a second. */
const MOST_LISTED = 50;

/** What a running service says about itself, from its parts. */
export function describeService(parts: {
  readonly chain: Chain;
  /** The node that others are told of. */
  readonly rpcUrl: string;
  readonly ipfs: Pick<IpfsNode, "peerId" | "addresses">;
  readonly store: RoundStore;
  readonly roundCosts: TransactionStore["roundCosts"];
  readonly projects: AccountProjects;
  readonly guarded: GuardedSteps;
  readonly alerts: Alerts;
  readonly feed: EventFeed;
}): ServiceStatus {
  const { chain, rpcUrl, ipfs, store, roundCosts, projects, guarded, alerts, feed } = parts;
  const reports = createRoundReports({
    build: (projectId, roundIndex) =>
      buildRoundReport({ chain, store, roundCosts }, projectId, roundIndex),
    nextRoundIndexOf: (projectId) => projects.find(projectId)?.nextRoundIndex,
  });
  return {
    startedAt: Math.floor(Date.now() / 1000),
    alerts: () => alerts.list(),
    readiness: () => {
      const { serviceError, failingProjects } = guarded;
      return {
        isReady: serviceError === undefined,
        ...(serviceError !== undefined && { lastError: serviceError }),
        failingProjects: failingProjects.slice(0, MOST_LISTED),
        alerts: alerts.list(),
      };
    },
    ipfs: () => ({ peerId: ipfs.peerId, multiaddrs: ipfs.addresses() }),
    market: () => ({
      ...{ chainId: chain.chainId, rpcUrl, addresses: chain.addresses },
      aggregator: chain.account as string,
    }),
    projects: () => projects.listNewest(MOST_LISTED),
    round: async (projectId, roundIndex) => ({
      ...{ projectId, roundIndex },
      report: await reports(projectId, roundIndex),
    }),
    modelCopy: (projectId, version) => {
      const cid = store.findModelCopy(projectId, version)?.cid;
      if (cid !== undefined) return { cid };
      const message = `no copy of model ${version} of project ${projectId}: look for it under its CID on chain`;
      throw new CommonweightError(aggregatorErrors.unknownRecord, message);
    },
    evaluations: (projectId) => ({ evaluations: store.listEvaluations(projectId) }),
    onEvent: (listener) => feed.onEvent(listener),
  };
}
