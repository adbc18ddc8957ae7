import { type G1Point, isSamePoint } from "../../../protocol/curve.ts";
import type { Chain } from "../connect.ts";
import { type PublishedModel, readModels } from "./published-models.ts";

/**
 * A project's models. The chain's log is searched when the project has another model than before, and not at every look: over a long
 * project that is the difference between one search a round and a thousand.
 */
export class ModelLog {
  readonly #chain: Chain;
  readonly #projectId: bigint;
  #models: readonly PublishedModel[] = [];

  constructor(chain: Chain, projectId: bigint) {
    this.#chain = chain;
    this.#projectId = projectId;
  }

  /**
   * All models, oldest first.
   *
   * @param project As the chain has it now: its commitment says whether there is a new model.
   * @throws CW2200 when the chain is away.
   */
  async read(project: { readonly modelCommitment: G1Point }): Promise<readonly PublishedModel[]> {
    const isComplete = (models: readonly PublishedModel[]) => {
      const newest = models.at(-1);
      return newest !== undefined && isSamePoint(newest.commitment, project.modelCommitment);
    };
    if (isComplete(this.#models)) return this.#models;
    const found = await readModels(this.#chain, this.#projectId);
    // Of a node that is behind with its log nothing is remembered.
    this.#models = isComplete(found) ? found : [];
    return found;
  }
}
