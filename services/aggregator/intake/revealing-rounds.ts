import { type Chain, chainTime } from "../../adapters/chain/connect.ts";
import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import {
  type ProjectTrainer,
  readTrainers,
} from "../../adapters/chain/projects/project-trainer.ts";
import { type Round, readRound } from "../../adapters/chain/rounds/round.ts";

/** A round as it is when keys come in. */
export interface RevealingRound {
  readonly project: Project;
  readonly round: Round;
  /** All on the project's roster. */
  readonly trainers: readonly ProjectTrainer[];
  /** Seconds of the chain's clock. */
  readonly now: number;
}

/** How long what was read of a round counts for the next key. */
const FRESH_MS = 250;

/** Whether keys of this round are taken: it is open, and nobody can commit any more. */
export const takesKeys = ({ isOpen, roundIndex, phase }: Round, wanted: number): boolean =>
  isOpen && roundIndex === wanted && phase !== "commit";

/**
 * Reads rounds for the keys that come in. All senders send theirs at the same moment, which is when the round waits for them: one
 * reading of the chain serves all. Only a reading that takes keys counts for others; to one that refuses nobody is held.
 */
export class RevealingRounds {
  readonly #chain: Chain;
  readonly #readings = new Map<bigint, { readonly atMs: number; read: Promise<RevealingRound> }>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** The project and its round, at most a quarter of a second old. @throws CW2200 when the chain is away. */
  async read(projectId: bigint, roundIndex: number): Promise<RevealingRound> {
    const known = this.#readings.get(projectId);
    if (known !== undefined && performance.now() - known.atMs < FRESH_MS) {
      const found = await known.read.catch(() => undefined);
      if (found !== undefined && takesKeys(found.round, roundIndex)) return found;
    }
    const read = this.#readNow(projectId);
    this.#readings.set(projectId, { atMs: performance.now(), read });
    return read;
  }

  async #readNow(projectId: bigint): Promise<RevealingRound> {
    const [project, round, trainers, now] = await Promise.all([
      readProject(this.#chain, projectId),
      readRound(this.#chain, projectId),
      readTrainers(this.#chain, projectId),
      chainTime(this.#chain),
    ]);
    return { project, round, trainers, now };
  }
}
