/** A token, as far as reading an amount takes. */
export interface AmountUnit {
  readonly symbol: string;
  readonly decimals: number;
}

/** The exact amount, every digit, without trailing zeros. */
export function exactAmount(wei: bigint, { decimals }: AmountUnit): string {
  const digits = (wei < 0n ? -wei : wei).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${wei < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The amount with at most four places, cut, never rounded up: nobody is shown more than there is. */
export function shortAmount(wei: bigint, unit: AmountUnit): string {
  const [whole = "0", fraction = ""] = exactAmount(wei, unit).split(".");
  const places = fraction.slice(0, 4).replace(/0+$/, "");
  if (wei !== 0n && /^-?0$/.test(whole) && places === "") return `<0.0001 ${unit.symbol}`;
  return `${whole}${places === "" ? "" : `.${places}`} ${unit.symbol}`;
}

/** An address as people compare it: its two ends. */
export const shortHex = (hex: string) => `${hex.slice(0, 6)}…${hex.slice(-4)}`;

/** A duration in the largest unit that fits. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0 && seconds > 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** A share as people say it. */
export const percentText = (share: number) => `${(share * 100).toFixed(1)} %`;
