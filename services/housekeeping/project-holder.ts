import type { Chain } from "../adapters/chain/connect.ts";
import type { ContentStore } from "../protocol/content-store.ts";

/** Who keeps content of projects until they need it no more. */
export type KeepingRole = "aggregator" | "trainer" | "referee";

/** What an owner posts stays for ever: nobody collects under this name. */
export const OWNER_HOLDER = "owner";

const prefixOf = (
  { chainId, addresses }: Pick<Chain, "chainId" | "addresses">,
  role: KeepingRole,
) => `${role}/${chainId}/${addresses.market.toLowerCase()}/`;

/**
 * The name under which a role pins what a project needs. One folder may serve several roles, projects and markets one after the other:
 * what one of them lets go stays pinned for the others.
 */
export const projectHolder = (
  chain: Pick<Chain, "chainId" | "addresses">,
  role: KeepingRole,
  projectId: bigint,
): string => `${prefixOf(chain, role)}${projectId}`;

/** What a role has pinned here, by the project of this market that it was pinned for. */
export async function readHeldContent(
  contentStore: Pick<ContentStore, "pins">,
  chain: Pick<Chain, "chainId" | "addresses">,
  role: KeepingRole,
): Promise<ReadonlyMap<bigint, ReadonlySet<string>>> {
  const prefix = prefixOf(chain, role);
  const held = new Map<bigint, Set<string>>();
  for (const { cid, holder } of await contentStore.pins()) {
    if (!holder.startsWith(prefix)) continue;
    const projectId = BigInt(holder.slice(prefix.length));
    held.set(projectId, (held.get(projectId) ?? new Set()).add(cid));
  }
  return held;
}
