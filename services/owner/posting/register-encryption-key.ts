import type { Chain } from "../../adapters/chain/connect.ts";
import { readParticipant, registerParticipant } from "../../adapters/chain/projects/participant.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { toHex } from "../../protocol/hex.ts";
import type { EncryptionKeyPair } from "../../protocol/sealing/envelope.ts";
import { ownerErrors } from "../errors.ts";

/**
 * Registers the key under which this account reads private models, once. A key that is registered already must be the one at hand:
 * another would leave the owner without its own models.
 *
 * @throws CW4090 when another key is registered.
 */
export async function registerEncryptionKey(
  chain: Chain,
  { publicKey }: EncryptionKeyPair,
): Promise<void> {
  const account = chain.account as string;
  const encryptionKey = toHex(publicKey);
  const registered = await readParticipant(chain, account);
  if (registered.registeredAt === 0) {
    await registerParticipant(chain, { encryptionKey, payoutAddress: account, endpoint: "" });
    return;
  }
  if (registered.encryptionKey.toLowerCase() !== encryptionKey) {
    throw new CommonweightError(
      ownerErrors.otherEncryptionKey,
      `${account} has registered another`,
    );
  }
}
