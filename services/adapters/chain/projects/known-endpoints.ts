import type { Chain } from "../connect.ts";
import { readParticipant } from "./participant.ts";

const known = new WeakMap<Chain, Map<string, string>>();

/**
 * Where an aggregator serves, as the registry said when it was asked first: the answer is needed at every step of a round, and hardly
 * ever changes. Whoever finds nobody there calls {@link forgetEndpoint}.
 *
 * @returns "" for an account without an endpoint, which is not remembered.
 * @throws CW2200 when the chain is away.
 */
export async function endpointOf(chain: Chain, account: string): Promise<string> {
  const endpoints = known.get(chain) ?? new Map<string, string>();
  known.set(chain, endpoints);
  const found = endpoints.get(account) ?? (await readParticipant(chain, account)).endpoint;
  if (found !== "") endpoints.set(account, found);
  return found;
}

/** The next {@link endpointOf} asks the registry again. */
export function forgetEndpoint(chain: Chain, account: string): void {
  known.get(chain)?.delete(account);
}
