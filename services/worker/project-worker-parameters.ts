import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import type { Curve } from "../protocol/curve.ts";
import type { RandomBytes } from "../protocol/scalar.ts";
import type { Envelope } from "../protocol/sealing/envelope.ts";
import type { WorkStore } from "./work-store.ts";

/** Something a trainer may want to see, as it happens. */
export interface WorkerEvent {
  readonly type: string;
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly [detail: string]: unknown;
}

/** Computes this trainer's update for a round: the model is verified before any training. */
export type MakeUpdate = (job: {
  readonly project: Project;
  readonly roundIndex: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the training is done, 0 to 1. */
  readonly onProgress?: (doneShare: number) => void;
}) => Promise<Int16Array>;

/** What a worker needs to take part in one project. */
export interface ProjectWorkerParameters {
  readonly chain: Chain;
  readonly curve: Curve;
  readonly envelope: Envelope;
  readonly contentStore: ContentStore & { addresses?(): string[] };
  readonly workStore: WorkStore;
  readonly makeUpdate: MakeUpdate;
  readonly randomBytes: RandomBytes;
  /** Send signed updates through an aggregator instead of paying gas. */
  readonly isRelayed: boolean;
  /** When each round's update was last handed to an aggregator, by `performance.now()`, which no correction of the machine's clock moves. Kept by the caller from call to call. */
  readonly relayedAtMs: Map<string, number>;
  /** Since when each project is between two rounds, by the same clock; kept by the caller, too. */
  readonly idleSinceMs: Map<bigint, number>;
  readonly onEvent: (event: WorkerEvent) => void;
  readonly signal?: AbortSignal | undefined;
}
