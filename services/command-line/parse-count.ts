import { InvalidArgumentError } from "commander";

/** A whole number from 1, as an option of a command. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError("Expected a whole number, from 1.");
  return Number(text);
}

/** A whole number from 0, as an option of a command. */
export function parseCountOrNone(text: string): number {
  return text === "0" ? 0 : parseCount(text);
}

/** A number above 0, as an option of a command. */
export function parsePositive(text: string): number {
  if (!/^\d{1,9}(\.\d+)?(e-?\d{1,2})?$/i.test(text) || !(Number(text) > 0)) {
    throw new InvalidArgumentError("Expected a number above 0.");
  }
  return Number(text);
}
