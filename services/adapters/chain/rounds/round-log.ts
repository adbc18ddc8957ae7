import type { Chain } from "../connect.ts";
import {
  type OpenedRound,
  type RevealedKey,
  readOpenings,
  readRevealedKeys,
  readSubmissions,
  type Submission,
} from "./round-events.ts";

/** Deeper than this no chain is reorganised: what is said of a round stands after its opening, less this many blocks. */
const REORGANISED_BLOCKS = 1000;

/**
 * What the chain's log says of a project's rounds. A round's events are looked for from its opening on, a round's opening from that of
 * the one before: a market of years must not make each look at a round of minutes longer.
 */
export class RoundLog {
  readonly #chain: Chain;
  readonly #projectId: bigint;
  #latest: { readonly roundIndex: number; readonly blockNumber: number } | undefined;
  readonly #ahead = new Map<string, Promise<unknown>>();

  constructor(chain: Chain, projectId: bigint) {
    this.#chain = chain;
    this.#projectId = projectId;
  }

  /** Asks now for what is probably asked for in a moment: the next question for it, and only that, gets this answer. */
  readAhead(
    roundIndex: number,
    kinds: readonly ("opening" | "submissions" | "revealedKeys")[],
  ): void {
    this.#ahead.clear();
    const readings = kinds.map(
      (kind) => [`${kind}/${roundIndex}`, this[kind](roundIndex)] as const,
    );
    for (const [place, reading] of readings) {
      // Said by whoever asks for it.
      reading.catch(() => undefined);
      this.#ahead.set(place, reading);
    }
  }

  #takeAhead<T>(place: string): Promise<T> | undefined {
    const reading = this.#ahead.get(place) as Promise<T> | undefined;
    this.#ahead.delete(place);
    return reading;
  }

  /** The opening of a round; undefined while there is none. */
  async opening(roundIndex: number): Promise<OpenedRound | undefined> {
    const ahead = this.#takeAhead<OpenedRound | undefined>(`opening/${roundIndex}`);
    if (ahead !== undefined) return ahead;
    const [opening] = await readOpenings(
      this.#chain,
      this.#projectId,
      roundIndex,
      this.#rangeOf(roundIndex),
    );
    if (opening === undefined || roundIndex < (this.#latest?.roundIndex ?? 0)) return opening;
    const { blockNumber } = opening;
    this.#latest = { roundIndex, blockNumber };
    return opening;
  }

  /** All submissions of a round in order of their slots. */
  async submissions(roundIndex: number): Promise<Submission[]> {
    const ahead = this.#takeAhead<Submission[]>(`submissions/${roundIndex}`);
    if (ahead !== undefined) return ahead;
    const range = await this.#findRange(roundIndex);
    return readSubmissions(this.#chain, this.#projectId, roundIndex, range);
  }

  /** All content keys of a round that were released on chain. */
  async revealedKeys(roundIndex: number): Promise<RevealedKey[]> {
    const ahead = this.#takeAhead<RevealedKey[]>(`revealedKeys/${roundIndex}`);
    if (ahead !== undefined) return ahead;
    const range = await this.#findRange(roundIndex);
    return readRevealedKeys(this.#chain, this.#projectId, roundIndex, range);
  }

  async #findRange(roundIndex: number): Promise<{ fromBlock?: number }> {
    if (roundIndex > (this.#latest?.roundIndex ?? -1)) await this.opening(roundIndex);
    return this.#rangeOf(roundIndex);
  }

  #rangeOf(roundIndex: number): { fromBlock?: number } {
    if (this.#latest === undefined || roundIndex < this.#latest.roundIndex) return {};
    const { deployBlock } = this.#chain.addresses;
    return { fromBlock: Math.max(deployBlock, this.#latest.blockNumber - REORGANISED_BLOCKS) };
  }
}
