import type { Chain } from "../../adapters/chain/connect.ts";
import { readParticipants } from "../../adapters/chain/projects/participant.ts";

/** Aggregators that a market knows: its participants with an endpoint. */
export async function registeredAggregators(chain: Chain): Promise<string[]> {
  const participants = await readParticipants(chain, 0, 100);
  return participants.filter(({ endpoint }) => endpoint !== "").map(({ account }) => account);
}
