import { InvalidArgumentError } from "commander";
import type { Chain } from "../adapters/chain/connect.ts";
import { describeToken } from "../adapters/chain/token.ts";

/** An amount as people read it, with every digit that is not zero. */
export function tokenText(amountWei: bigint, decimals: number): string {
  const digits = amountWei.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}

/** Writes amounts of a token; a token that does not describe itself is written in its smallest unit. */
export async function tokenFormatter(
  chain: Chain,
  token: string,
): Promise<(amountWei: bigint) => string> {
  const known = await describeToken(chain, token).catch(() => undefined);
  if (known === undefined) return (amountWei) => `${amountWei} units`;
  return (amountWei) => `${tokenText(amountWei, known.decimals)} ${known.symbol}`;
}

/** An amount in the token's smallest unit, as an argument of a command. */
export function parseWei(text: string): bigint {
  if (!/^[1-9]\d{0,29}$/.test(text)) throw new InvalidArgumentError("Expected wei, above 0.");
  return BigInt(text);
}

/** An amount of whole coins, as in `0.05`, as an argument of a command: in the smallest unit of a coin with 18 decimals. */
export function parseCoins(text: string): bigint {
  if (!/^\d{1,12}(\.\d{1,18})?$/.test(text)) {
    throw new InvalidArgumentError("Expected coins, as in 0.05.");
  }
  return coinsToWei(text);
}

/**
 * An amount of whole coins in the smallest unit.
 *
 * @example coinsToWei("0.5") // 500000000000000000n
 */
export function coinsToWei(coins: string, decimals = 18): bigint {
  const [whole = "0", part = ""] = coins.split(".");
  return (
    BigInt(whole) * 10n ** BigInt(decimals) +
    BigInt(part.padEnd(decimals, "0").slice(0, decimals) || "0")
  );
}
