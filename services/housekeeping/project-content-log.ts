import type { Chain } from "../adapters/chain/connect.ts";
import { toChainError } from "../adapters/chain/errors.ts";
import { findEvents } from "../adapters/chain/project-events.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { type PublishedModel, readModels } from "../adapters/chain/rounds/published-models.ts";
import { readBundleNames, readOpenings } from "../adapters/chain/rounds/round-events.ts";

/** Deeper than this no chain is reorganised. */
const REORGANISED_BLOCKS = 1000;

/** What the chain names as a project's content. */
export interface NamedContent {
  readonly projectId: bigint;
  readonly manifestCid: string;
  /** As they follow from each other, the initial one first. */
  readonly models: readonly string[];
  /** Round jobs, by their rounds. */
  readonly jobs: ReadonlyMap<number, string>;
  /** Manifest, models and round jobs, also of a branch of the chain that was given up. */
  readonly lasting: ReadonlySet<string>;
  /** Sealed updates and references, by the round that they were made for. */
  readonly bundles: ReadonlyMap<number, ReadonlySet<string>>;
  /** The round that was opened last; -1 before the first. */
  readonly newestRound: number;
  /** Unix seconds; undefined while the project runs. */
  readonly endedAt: number | undefined;
}

/** What the chain's log names as a project's content. Each reading looks at the blocks since the last one. */
export class ProjectContentLog {
  readonly #chain: Chain;
  readonly #projectId: bigint;
  readonly #lasting = new Set<string>();
  readonly #jobs = new Map<number, string>();
  #models: readonly PublishedModel[] = [];
  readonly #bundles = new Map<number, Set<string>>();
  #newestRound = -1;
  #end: { readonly blockNumber: number; readonly time: number | undefined } | undefined;
  #posting: { readonly manifestCid: string; readonly blockNumber: number } | undefined;
  #readTo = 0;

  constructor(chain: Chain, projectId: bigint) {
    this.#chain = chain;
    this.#projectId = projectId;
  }

  /**
   * Reads on to the newest block.
   *
   * @throws CW2200 when the chain is away: half of what is named is no reason to remove the rest.
   */
  async read(): Promise<NamedContent> {
    const chain = this.#chain;
    const projectId = this.#projectId;
    const toBlock = await chain.provider.getBlockNumber().catch((cause: unknown) => {
      throw toChainError(cause, "reading the latest block");
    });
    this.#posting ??= await readPosting(chain, projectId);
    const { manifestCid, blockNumber } = this.#posting;
    this.#lasting.add(manifestCid);
    const fromBlock = Math.max(blockNumber, this.#readTo - REORGANISED_BLOCKS);
    const range = { fromBlock, toBlock };
    const [openings, names, models, ends] = await Promise.all([
      readOpenings(chain, projectId, undefined, range),
      readBundleNames(chain, projectId, range),
      readModels(chain, projectId, range),
      findEvents(chain, "ProjectEnded", [projectId], range),
    ]);
    for (const { cid } of models) this.#add(this.#lasting, cid);
    // Those that are read again may have been taken back.
    this.#models = [...this.#models.filter((each) => each.blockNumber < fromBlock), ...models];
    for (const { roundIndex, jobCid, referenceCid, payGradientCid } of openings) {
      this.#newestRound = Math.max(this.#newestRound, roundIndex);
      this.#add(this.#lasting, jobCid);
      if (jobCid === "") this.#jobs.delete(roundIndex);
      else this.#jobs.set(roundIndex, jobCid);
      for (const cid of [referenceCid, payGradientCid]) this.#add(this.#of(roundIndex), cid);
    }
    for (const { roundIndex, bundleCid } of names) this.#add(this.#of(roundIndex), bundleCid);
    const ended = ends.at(-1)?.place.blockNumber;
    // A reorganisation may have taken it back, as far as was looked at again.
    if ((this.#end?.blockNumber ?? 0) >= fromBlock) this.#end = undefined;
    if (ended !== undefined) {
      this.#end = { blockNumber: ended, time: await this.#timeOf(ended) };
    }
    this.#readTo = toBlock;
    return {
      ...{ projectId, manifestCid, models: this.#models.map(({ cid }) => cid), jobs: this.#jobs },
      ...{ lasting: this.#lasting, bundles: this.#bundles },
      ...{ newestRound: this.#newestRound, endedAt: this.#end?.time },
    };
  }

  /** Whoever names no content names "". */
  #add(cids: Set<string>, cid: string): void {
    if (cid !== "") cids.add(cid);
  }

  #of(roundIndex: number): Set<string> {
    const cids = this.#bundles.get(roundIndex) ?? new Set();
    this.#bundles.set(roundIndex, cids);
    return cids;
  }

  async #timeOf(blockNumber: number): Promise<number | undefined> {
    const block = await this.#chain.provider.getBlock(blockNumber).catch((cause: unknown) => {
      throw toChainError(cause, "reading a block");
    });
    return block?.timestamp;
  }
}
