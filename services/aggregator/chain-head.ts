import type { Chain } from "../adapters/chain/connect.ts";
import { chainErrors, toChainError } from "../adapters/chain/errors.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { aggregatorErrors } from "./errors.ts";

/** The newest block that a node knows. */
export interface Head {
  readonly number: number;
  /** Unix seconds of the chain's clock. */
  readonly time: number;
}

/** Longer than this no honest node stays behind: then the chain itself has become shorter. */
const BEHIND_MS = 15_000;

/** Watches how far the chain is. Behind one address there may be many nodes, and some of them are behind the others. */
export class ChainHead {
  #highest = 0;
  #behindSince: number | undefined;

  /**
   * The newest block, never older than one seen before, unless the chain was reorganised to a shorter one.
   *
   * @param nowMs By a clock that nobody sets.
   * @throws CW5008 when the node is behind: what it says is of the past, and acting on it costs gas for nothing.
   */
  async read(chain: Chain, nowMs: number = performance.now()): Promise<Head> {
    // Of two that ask at once the later may be answered first: only what was known before asking says that an answer is old.
    const known = this.#highest;
    const block = await chain.provider.getBlock("latest").catch((cause: unknown) => {
      throw toChainError(cause, "reading the latest block");
    });
    if (block === null) throw new CommonweightError(chainErrors.malformed, "no latest block");
    if (block.number < known) {
      this.#behindSince ??= nowMs;
      if (nowMs - this.#behindSince < BEHIND_MS) {
        throw new CommonweightError(
          aggregatorErrors.nodeBehind,
          `it is at block ${block.number}, and block ${known} was seen`,
        );
      }
    }
    this.#highest = block.number < known ? block.number : Math.max(this.#highest, block.number);
    this.#behindSince = undefined;
    return { number: block.number, time: block.timestamp };
  }
}
