import type { Chain } from "../../adapters/chain/connect.ts";
import { chainErrors, refusalName } from "../../adapters/chain/errors.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { type Round, submitUpdates } from "../../adapters/chain/rounds/round.ts";
import type { RoundLog } from "../../adapters/chain/rounds/round-log.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { maxBundleBytes } from "../../protocol/bundle/bundle-header.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { isErrorOf } from "../../protocol/errors.ts";
import type { RoundStore } from "../store/round-store.ts";

/** What collecting a round's updates needs. */
export interface RoundCollectorParameters {
  readonly chain: Chain;
  readonly rounds: RoundLog;
  readonly store: Pick<RoundStore, "listUpdates" | "findReferences" | "saveContent">;
  readonly contentStore: Pick<ContentStore, "pin">;
  readonly projectId: bigint;
  readonly emit: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** A sealed bundle and, when its author told us, where it can be fetched. */
interface NamedBundle {
  readonly bundleCid: string;
  readonly multiaddrs?: readonly string[];
}

/** How long an update waits for others to be relayed with it, while somebody still trains: each transaction costs gas anew. */
const RELAY_TOGETHER_MS = 3000;
/** Seconds before the end of the commit phase from which none waits. */
const HURRY_SECONDS = 30;

/** Relays a project's signed updates and fetches sealed bundles while others still train. */
export class RoundCollector {
  readonly #parameters: RoundCollectorParameters;
  #lastProgress = "";
  /** When the first of the updates that wait now was seen. */
  #waitingSinceMs: number | undefined;
  readonly #fetched = new Set<string>();

  constructor(parameters: RoundCollectorParameters) {
    this.#parameters = parameters;
  }

  /** Another round begins. */
  clear(): void {
    this.#fetched.clear();
    this.#waitingSinceMs = undefined;
  }

  /** Looks once at what came in for the round, by message and on chain. @param time Seconds of the chain's clock. */
  async collect(project: Project, round: Round, time: number): Promise<void> {
    const { rounds, store, projectId } = this.#parameters;
    const { roundIndex } = round;
    const submissions = await rounds.submissions(roundIndex);
    this.#say(submissions.length, round);
    const signed = store
      .listUpdates(projectId, roundIndex)
      .filter(({ trainer }) => !submissions.some((each) => isSameAddress(each.trainer, trainer)));
    this.#fetch([...submissions, ...signed, ...this.#references(roundIndex)], project, roundIndex);
    if (this.#isRelayed(signed.length, round, time)) {
      await this.#relay(roundIndex, signed);
    }
  }

  /** Whether the updates that came by message are sent on now: when nobody is missing, or when they have waited long enough. */
  #isRelayed(count: number, { pendingMask, commitClosesAt }: Round, time: number): boolean {
    if (count === 0) return false;
    this.#waitingSinceMs ??= Date.now();
    const isComplete = count >= countBits(pendingMask);
    const isLate = Date.now() - this.#waitingSinceMs >= RELAY_TOGETHER_MS;
    if (!isComplete && !isLate && time < commitClosesAt - HURRY_SECONDS) return false;
    this.#waitingSinceMs = undefined;
    return true;
  }

  /** The sealed reference and pay gradient, from where the referee says it can be dialled. */
  #references(roundIndex: number): { bundleCid: string; multiaddrs: readonly string[] }[] {
    const { store, projectId } = this.#parameters;
    const references = store.findReferences(projectId, roundIndex);
    if (references === undefined) return [];
    const { referenceBundleCid, payGradientBundleCid, multiaddrs } = references;
    return [referenceBundleCid, payGradientBundleCid].flatMap((bundleCid) =>
      bundleCid === undefined ? [] : [{ bundleCid, multiaddrs }],
    );
  }

  /** In the background: who is slow to hand a bundle out must not hold up the relaying of the others' updates. */
  #fetch(named: readonly NamedBundle[], { terms }: Project, roundIndex: number): void {
    const { contentStore, projectId, store, signal } = this.#parameters;
    const maxBytes = maxBundleBytes(terms.parameterCount);
    for (const { bundleCid, multiaddrs: providers } of named) {
      if (this.#fetched.has(bundleCid)) continue;
      this.#fetched.add(bundleCid);
      // First: what is pinned and not remembered would stay for ever.
      store.saveContent(projectId, roundIndex, bundleCid);
      contentStore
        // Pinned, because what it is for may come after a collection.
        .pin(bundleCid, { retries: 0, signal, maxBytes, providers })
        // Asked for again at the next look, and when it is opened.
        .catch(() => this.#fetched.delete(bundleCid));
    }
  }

  /**
   * One transaction for all; if one of them is refused, each in one of its own, all at once, so that nobody can block the others: neither
   * by an update that the contract does not take, nor by one that its author submits as well, so that the transaction fails in its block.
   */
  async #relay(roundIndex: number, updates: Parameters<typeof submitUpdates>[3]): Promise<void> {
    const { chain, projectId, emit } = this.#parameters;
    const send = async (batch: typeof updates) => {
      const { gasUsed } = await submitUpdates(chain, projectId, roundIndex, batch);
      emit("updates-relayed", { roundIndex, count: batch.length, gasUsed });
    };
    try {
      await send(updates);
    } catch (error) {
      const isRefused = refusalName(error) !== undefined || isErrorOf(error, chainErrors.failed);
      if (!isRefused || updates.length === 1) throw error;
      await Promise.all(
        updates.map((update) =>
          send([update]).catch((failure: unknown) => {
            emit("relay-refused", { roundIndex, message: String(failure) });
          }),
        ),
      );
    }
  }

  #say(submitted: number, { roundIndex, commitClosesAt }: Round): void {
    const progress = `${roundIndex}/${submitted}`;
    if (progress === this.#lastProgress) return;
    this.#lastProgress = progress;
    this.#parameters.emit("collecting", { roundIndex, submitted, commitClosesAt });
  }
}

const countBits = (mask: bigint): number => mask.toString(2).replaceAll("0", "").length;
