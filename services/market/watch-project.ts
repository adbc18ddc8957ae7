import type { Chain } from "../adapters/chain/connect.ts";
import { isChainUnreachable } from "../adapters/chain/errors.ts";
import { type Project, readProject } from "../adapters/chain/projects/project.ts";
import { readTrainers } from "../adapters/chain/projects/project-trainer.ts";
import { readModels } from "../adapters/chain/rounds/published-models.ts";
import { readVoidedRounds } from "../adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../adapters/chain/rounds/settlements.ts";
import { openBlockNews } from "../adapters/chain/rpc/block-news.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { CommonweightError } from "../protocol/errors.ts";
import type { MarketEvent } from "./market-event.ts";

/**
 * Reports models, settlements and void rounds as the chain has them, until the project has ended.
 *
 * @throws What `failed` says, the signal's reason, and what the chain answers; a silent node is waited for.
 */
export async function watchProject(
  chain: Chain,
  projectId: bigint,
  options: {
    readonly trainers: readonly { readonly name: string; readonly address: string }[];
    readonly signal: AbortSignal;
    /** Why the market cannot go on, once it cannot. */
    readonly failed: () => CommonweightError | undefined;
    readonly onEvent: (event: MarketEvent) => void;
  },
): Promise<Project> {
  const { trainers, signal, failed, onEvent } = options;
  const nameOf = (address: string) =>
    trainers.find((each) => isSameAddress(each.address, address))?.name;
  const seen = new Set<string>();
  const once = (key: string, event: MarketEvent) => {
    if (seen.has(key)) return;
    seen.add(key);
    onEvent(event);
  };
  let lastState = "";
  const look = async (): Promise<Project> => {
    const project = await readProject(chain, projectId);
    const { phase, nextRoundIndex, appliedRounds, consecutiveVoids } = project;
    const state = [phase, nextRoundIndex, appliedRounds, consecutiveVoids].join("/");
    // Most blocks bring nothing that is to be reported.
    if (state === lastState) return project;
    for (const settlement of await readSettlements(chain, projectId)) {
      // On chain there are only addresses.
      const names = settlement.trainers.map(nameOf);
      const settled = { process: "chain", type: "settled", ...settlement, names };
      once(`s${settlement.roundIndex}`, settled);
    }
    for (const voided of await readVoidedRounds(chain, projectId)) {
      once(`v${voided.roundIndex}`, { process: "chain", type: "voided", ...voided });
    }
    for (const model of await readModels(chain, projectId)) {
      once(`m${model.version}`, { process: "chain", type: "model", ...model });
    }
    if (project.phase === "ended") {
      onEvent({ process: "chain", type: "ended", trainers: await readTrainers(chain, projectId) });
    }
    // After all of it: what fails is looked for again.
    lastState = state;
    return project;
  };
  const news = openBlockNews(chain);
  try {
    for (;;) {
      signal.throwIfAborted();
      const failure = failed();
      if (failure !== undefined) throw failure;
      try {
        const project = await look();
        if (project.phase === "ended") return project;
      } catch (error) {
        // A node that is silent for a while is waited for, as everybody else here does.
        if (!isChainUnreachable(error)) throw error;
      }
      await news.until({ longestMs: 1000, signal });
    }
  } finally {
    news.close();
  }
}
