import type { Chain } from "../../adapters/chain/connect.ts";
import { readReaderKeys } from "../../adapters/chain/projects/model-readers.ts";
import type { ProjectTerms } from "../../adapters/chain/projects/project-terms.ts";
import type { Envelope } from "../../protocol/sealing/envelope.ts";

/** Who can open a private project's first model, and with what it is sealed. */
export interface SealTo {
  readonly envelope: Envelope;
  /** X25519 public keys. */
  readonly readers: readonly Uint8Array[];
}

/**
 * Readers of a private project's first model: its owner, with a key that may not be registered yet, referee and aggregators. Trainers
 * are granted the model's key when they have joined.
 */
export async function sealToReaders(
  chain: Chain,
  parts: {
    readonly terms: Pick<ProjectTerms, "referee" | "aggregators">;
    readonly ownKey: Uint8Array;
    readonly envelope: Envelope;
  },
): Promise<SealTo> {
  const { terms, ownKey, envelope } = parts;
  const others = await readReaderKeys(chain, { owner: chain.account as string, terms });
  return { envelope, readers: [ownKey, ...others] };
}
