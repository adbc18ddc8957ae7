import type { Chain } from "../../adapters/chain/connect.ts";
import { toChainError } from "../../adapters/chain/errors.ts";
import { findEvents } from "../../adapters/chain/project-events.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { readModels } from "../../adapters/chain/rounds/published-models.ts";
import { readBundleNames, readOpenings } from "../../adapters/chain/rounds/round-events.ts";
import type { ProjectContent } from "./sort-content.ts";

/** Deeper than this no chain is reorganised. */
const REORGANISED_BLOCKS = 1000;

/** What the chain's log names as a project's content. Each reading looks at the blocks since the last one. */
export class ProjectContentLog {
  readonly #chain: Chain;
  readonly #projectId: bigint;
  readonly #lasting = new Set<string>();
  readonly #bundles = new Map<number, Set<string>>();
  #newestRound = -1;
  #end: { readonly blockNumber: number; readonly time: number | undefined } | undefined;
  #firstBlock: number | undefined;
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
  async read(): Promise<ProjectContent> {
    const chain = this.#chain;
    const projectId = this.#projectId;
    const toBlock = await chain.provider.getBlockNumber().catch((cause: unknown) => {
      throw toChainError(cause, "reading the latest block");
    });
    if (this.#firstBlock === undefined) {
      const posting = await readPosting(chain, projectId);
      this.#lasting.add(posting.manifestCid);
      this.#firstBlock = posting.blockNumber;
    }
    const range = {
      fromBlock: Math.max(this.#firstBlock, this.#readTo - REORGANISED_BLOCKS),
      toBlock,
    };
    const [openings, names, models, ends] = await Promise.all([
      readOpenings(chain, projectId, undefined, range),
      readBundleNames(chain, projectId, range),
      readModels(chain, projectId, range),
      findEvents(chain, "ProjectEnded", [projectId], range),
    ]);
    for (const { cid } of models) this.#add(this.#lasting, cid);
    for (const { roundIndex, jobCid, referenceCid, payGradientCid } of openings) {
      this.#newestRound = Math.max(this.#newestRound, roundIndex);
      this.#add(this.#lasting, jobCid);
      for (const cid of [referenceCid, payGradientCid]) this.#add(this.#of(roundIndex), cid);
    }
    for (const { roundIndex, bundleCid } of names) this.#add(this.#of(roundIndex), bundleCid);
    const ended = ends.at(-1)?.place.blockNumber;
    // A reorganisation may have taken it back, as far as was looked at again.
    if ((this.#end?.blockNumber ?? 0) >= range.fromBlock) this.#end = undefined;
    if (ended !== undefined) {
      this.#end = { blockNumber: ended, time: await this.#timeOf(ended) };
    }
    this.#readTo = toBlock;
    return {
      ...{ projectId, lasting: this.#lasting, bundles: this.#bundles },
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
