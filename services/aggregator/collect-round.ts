import type { Chain } from "../adapters/chain/connect.ts";
import { refusalName } from "../adapters/chain/errors.ts";
import type { Project } from "../adapters/chain/project.ts";
import { type Round, submitUpdates } from "../adapters/chain/round.ts";
import type { RoundLog } from "../adapters/chain/round-log.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { maxBundleBytes } from "./collect-bundles.ts";
import type { RoundStore } from "./round-store.ts";

/** What collecting a round's updates needs. */
export interface RoundCollectorParameters {
  readonly chain: Chain;
  readonly rounds: RoundLog;
  readonly store: Pick<RoundStore, "listUpdates">;
  readonly contentStore: Pick<ContentStore, "get">;
  readonly projectId: bigint;
  readonly emit: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** Relays a project's signed updates and fetches sealed bundles while others still train. */
export class RoundCollector {
  readonly #parameters: RoundCollectorParameters;
  #lastProgress = "";

  constructor(parameters: RoundCollectorParameters) {
    this.#parameters = parameters;
  }

  /** Looks once at what came in for the round, by message and on chain. */
  async collect(project: Project, round: Round): Promise<void> {
    const { rounds, store, projectId } = this.#parameters;
    const { roundIndex } = round;
    const submissions = await rounds.submissions(roundIndex);
    this.#say(submissions.length, round);
    const signed = store
      .listUpdates(projectId, roundIndex)
      .filter(({ trainer }) => !submissions.some((each) => isSameAddress(each.trainer, trainer)));
    if (signed.length > 0) {
      const updates = signed.map(({ commitment, bundleCid, signature }) => ({
        commitment: { x: BigInt(commitment.x), y: BigInt(commitment.y) },
        bundleCid,
        signature,
      }));
      await this.#relay(roundIndex, updates);
    }
    await this.#fetch(
      submissions.map(({ bundleCid }) => bundleCid),
      project,
    );
  }

  async #fetch(bundleCids: readonly string[], { terms }: Project): Promise<void> {
    const { contentStore, signal } = this.#parameters;
    for (const bundleCid of bundleCids) {
      // A bundle that does not come now is asked for again when it is opened.
      await contentStore
        .get(bundleCid, {
          timeoutMs: 5000,
          retries: 0,
          signal,
          maxBytes: maxBundleBytes(terms.parameterCount),
        })
        .catch(() => undefined);
    }
  }

  /** One transaction for all; if one of them is refused, each on its own, so that nobody can block the others. */
  async #relay(roundIndex: number, updates: Parameters<typeof submitUpdates>[3]): Promise<void> {
    const { chain, projectId, emit } = this.#parameters;
    const send = async (batch: typeof updates) => {
      const { gasUsed } = await submitUpdates(chain, projectId, roundIndex, batch);
      emit("updates-relayed", { roundIndex, count: batch.length, gasUsed });
    };
    try {
      await send(updates);
    } catch (error) {
      if (refusalName(error) === undefined || updates.length === 1) throw error;
      for (const update of updates) {
        await send([update]).catch((failure: unknown) => {
          emit("relay-refused", { roundIndex, message: String(failure) });
        });
      }
    }
  }

  #say(submitted: number, { roundIndex, commitClosesAt }: Round): void {
    const progress = `${roundIndex}/${submitted}`;
    if (progress === this.#lastProgress) return;
    this.#lastProgress = progress;
    this.#parameters.emit("collecting", { roundIndex, submitted, commitClosesAt });
  }
}
