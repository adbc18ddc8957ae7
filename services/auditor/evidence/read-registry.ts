import type { Chain } from "../../adapters/chain/connect.ts";
import { findRegistryEvents, type ProjectEvent } from "../../adapters/chain/project-events.ts";

/** What the registry tells that an audit goes by. */
const NAMES = ["ReliabilityChanged", "ParticipantRegistered", "PayoutChanged"] as const;

/** All registrations, changes of payout addresses and of reliability, oldest first. @throws CW2200, CW2207 */
export const readRegistryEvents = (chain: Chain, toBlock: number): Promise<ProjectEvent[]> =>
  findRegistryEvents(chain, NAMES, { fromBlock: chain.addresses.deployBlock, toBlock });

/** Every address that an account has ever wanted its money at, the first one first. */
export function payoutAddressesIn(
  events: readonly Pick<ProjectEvent, "name" | "args">[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { name, args } of events) {
    if (name !== "ParticipantRegistered" && name !== "PayoutChanged") continue;
    const account = String(args.account);
    found.set(account, [...(found.get(account) ?? []), String(args.payoutAddress)]);
  }
  return found;
}
