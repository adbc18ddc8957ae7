import { oneLine } from "../one-line.ts";

/** A token, as far as reading and writing an amount takes. */
export interface TokenUnit {
  readonly symbol: string;
  readonly decimals: number;
  /** Another name that people have for it: a wrapper is called like its coin. */
  readonly alias?: string | undefined;
}

/** The network's own coin. */
export const NATIVE_COIN: TokenUnit = { symbol: "ETH", decimals: 18 };

/** Digits, perhaps a point, perhaps a unit; nothing else is an amount. */
const AMOUNT = /^(\d{1,30})(?:\.(\d+))?\s*((?!e\d)[a-z][\w.-]{0,15})?$/i;

/** The unit that was written behind an amount, in small letters; empty without one, undefined where the text is no amount at all. */
export function unitOfAmount(text: string): string | undefined {
  const match = AMOUNT.exec(text.trim());
  return match === null ? undefined : (match[3] ?? "").toLowerCase();
}

/**
 * An amount that somebody typed, in the token's smallest unit. A bare number is in whole tokens; `wei` behind it makes it exact.
 *
 * @returns what is wrong with it, as the rest of a sentence, where it is no amount of this token.
 * @example readTokenAmount("0.5", { symbol: "ETH", decimals: 18 }) // 500000000000000000n
 * @example readTokenAmount("7 wei", { symbol: "USDC", decimals: 6 }) // 7n
 */
export function readTokenAmount(text: string, token: TokenUnit): bigint | string {
  const match = AMOUNT.exec(text.trim());
  const { symbol, decimals, alias = symbol } = token;
  if (match === null) return `is no amount like 0.5, 0.5 ${symbol} or 1000 wei`;
  const [, whole = "0", fraction = "", unit = ""] = match;
  if (unit.toLowerCase() === "wei") {
    return fraction === "" ? BigInt(whole) : "cannot be: nothing is smaller than one wei";
  }
  const names = [symbol, alias].map((name) => name.toLowerCase());
  if (unit !== "" && !names.includes(unit.toLowerCase())) {
    return `is in ${unit}, but the token is ${symbol}: write the number alone, or ${symbol} or wei behind it`;
  }
  if (fraction.length > decimals) {
    return `is finer than ${symbol} can be divided: it has ${decimals} decimals`;
  }
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}

/** The exact amount in whole tokens: every digit, without trailing zeros. */
export function exactAmount(amountWei: bigint, decimals: number): string {
  const digits = (amountWei < 0n ? -amountWei : amountWei).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${amountWei < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Whoever makes a token says how it is called, and may say anything. */
const LONGEST_SYMBOL = 16;

/** A token's symbol as it can stand behind an amount. */
export const symbolText = ({ symbol }: Pick<TokenUnit, "symbol">) =>
  oneLine(symbol, LONGEST_SYMBOL);

/** An amount of a token for people: every digit, and its symbol. */
export const amountText = (amountWei: bigint, { symbol, decimals }: TokenUnit) =>
  `${exactAmount(amountWei, decimals)} ${symbolText({ symbol })}`;

/** About how much of the network's coin it is, for prices and gas: not for sums. */
export const aboutCoins = (amountWei: bigint, digits = 3) =>
  `${Number((Number(amountWei) / 1e18).toPrecision(digits))} ${NATIVE_COIN.symbol}`;

/** An amount of the network's coin with four places, for columns: cut, never rounded up. */
export const coinColumn = (amountWei: bigint) =>
  (Number(amountWei / 10n ** 14n) / 10_000).toFixed(4);
