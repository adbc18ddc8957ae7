import {
  exactAmount,
  symbolText,
  type TokenUnit,
} from "../services/protocol/market/token-amount.ts";

/** The amount with at most four places, cut, never rounded up: nobody is shown more than there is. */
export function shortAmount(wei: bigint, unit: TokenUnit): string {
  const [whole = "0", fraction = ""] = exactAmount(wei, unit.decimals).split(".");
  const places = fraction.slice(0, 4).replace(/0+$/, "");
  if (wei !== 0n && /^-?0$/.test(whole) && places === "") return `<0.0001 ${symbolText(unit)}`;
  return `${whole}${places === "" ? "" : `.${places}`} ${symbolText(unit)}`;
}

/** An address as people compare it: its two ends. */
export const shortHex = (hex: string) => `${hex.slice(0, 6)}…${hex.slice(-4)}`;
