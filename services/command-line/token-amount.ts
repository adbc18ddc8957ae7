import { InvalidArgumentError } from "commander";
import type { Chain } from "../adapters/chain/connect.ts";
import { readTokenUnit, UNKNOWN_UNIT } from "../adapters/chain/tokens/token-unit.ts";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import {
  amountText,
  NATIVE_COIN,
  readTokenAmount,
  type TokenUnit,
  unitOfAmount,
} from "../protocol/market/token-amount.ts";

export const amountErrors = defineErrors([6560, 6569], {
  notInToken: {
    code: "CW6560",
    title: "This is no amount of the token that the project pays in",
    hint: "A number alone is in whole tokens, as in 0.5; write `wei` behind it for the token's smallest unit, as in 1000wei.",
  },
});

/** Writes amounts of a token. */
export async function tokenFormatter(
  chain: Chain,
  token: string,
): Promise<(amountWei: bigint) => string> {
  const unit = await readTokenUnit(chain, token).catch(() => UNKNOWN_UNIT);
  return (amountWei) => amountText(amountWei, unit);
}

/**
 * Any amount, as an argument of a command that knows its token only later: see `amountIn`. It stays the text that was typed.
 *
 * @throws InvalidArgumentError for what is no amount of any token.
 */
export function parseAnyAmount(text: string): string {
  if (unitOfAmount(text) === undefined) {
    throw new InvalidArgumentError("Expected an amount: 0.5 (whole tokens) or 1000wei.");
  }
  return text;
}

/** Any amount above 0, as an argument of a command. */
export function parseAmountAboveNothing(text: string): string {
  if (!/[1-9]/.test(parseAnyAmount(text).replace(/[a-z].*$/i, ""))) {
    throw new InvalidArgumentError("Expected an amount above 0.");
  }
  return text;
}

/** What was typed, in the token's smallest unit. @throws CW6560 when it is no amount of this token. */
export function amountIn(text: string, unit: TokenUnit): bigint {
  const amountWei = readTokenAmount(text, unit);
  if (typeof amountWei === "bigint") return amountWei;
  throw new CommonweightError(amountErrors.notInToken, `"${text}" ${amountWei}`);
}

/** An amount of the network's coin as an argument of a command: in wei. */
export function parseCoins(text: string): bigint {
  const amountWei = readTokenAmount(text, NATIVE_COIN);
  if (typeof amountWei === "bigint") return amountWei;
  throw new InvalidArgumentError(`Expected ETH, as in 0.05: "${text}" ${amountWei}.`);
}
