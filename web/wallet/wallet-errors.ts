import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";

/** Codes that wallets answer with (EIP-1193, EIP-3326). */
const REJECTED = 4001;
const UNKNOWN_CHAIN = 4902;

/** What a wallet answered, in our words. */
export function toWalletError(cause: unknown, doing: string): CommonweightError {
  if (cause instanceof CommonweightError) return cause;
  const { code, message } = (cause ?? {}) as { code?: number | string; message?: string };
  if (code === REJECTED || code === "ACTION_REJECTED") {
    return new CommonweightError(webErrors.walletRejected, undefined, { cause });
  }
  if (code === UNKNOWN_CHAIN) {
    return new CommonweightError(webErrors.walletUnknownNetwork, undefined, { cause });
  }
  const words = typeof message === "string" ? message.slice(0, 300) : String(cause);
  return new CommonweightError(webErrors.walletFailed, `${doing}: ${words}`, { cause });
}
