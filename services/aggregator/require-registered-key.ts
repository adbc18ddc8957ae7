import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant, setEncryptionKey } from "../adapters/chain/projects/participant.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import type { EncryptionKeyPair } from "../protocol/sealing/envelope.ts";
import { aggregatorErrors } from "./errors.ts";

/**
 * Bundles are sealed to the registered key: with another this service would find every trainer's update unreadable, and settle
 * rounds without them.
 *
 * @param options.isReplacing Registers the key at hand instead: the way out of a lost key. What was sealed to the old one stays shut.
 * @throws CommonweightError CW5009 when the account has registered another key than this.
 */
export async function requireRegisteredKey(
  chain: Chain,
  { publicKey }: Pick<EncryptionKeyPair, "publicKey">,
  { isReplacing = false }: { readonly isReplacing?: boolean } = {},
): Promise<void> {
  const registered = await readParticipant(chain, chain.account as string);
  const own = toHex(publicKey);
  if (registered.registeredAt === 0 || registered.encryptionKey.toLowerCase() === own) return;
  if (isReplacing) {
    await setEncryptionKey(chain, own);
    return;
  }
  throw new CommonweightError(
    aggregatorErrors.wrongEncryptionKey,
    `the key at hand is ${own}, and ${registered.encryptionKey} is registered`,
  );
}
