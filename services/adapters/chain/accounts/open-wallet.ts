import { Wallet } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { chainErrors } from "../errors.ts";

/** The account of a private key. @throws CW2210 when it is none. */
export function openWallet(privateKey: string): Wallet {
  try {
    return new Wallet(privateKey);
  } catch {
    // The library's own error is not kept as cause: it may quote what it was given.
    throw new CommonweightError(chainErrors.badKey);
  }
}
