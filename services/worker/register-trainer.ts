import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant, registerParticipant } from "../adapters/chain/projects/participant.ts";
import { toHex } from "../protocol/hex.ts";

/** Registers this account as a participant, unless it is one already: then nothing is sent and nothing changes. */
export async function registerTrainer(
  chain: Chain,
  options: {
    /** X25519 public key, 32 bytes. */
    readonly encryptionKey: Uint8Array;
    /** Where earnings go; the account by default. */
    readonly payoutAddress?: string | undefined;
  },
): Promise<void> {
  const account = chain.account as string;
  if ((await readParticipant(chain, account)).registeredAt !== 0) return;
  await registerParticipant(chain, {
    encryptionKey: toHex(options.encryptionKey),
    payoutAddress: options.payoutAddress ?? account,
    endpoint: "",
  });
}
