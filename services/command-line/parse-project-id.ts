import { InvalidArgumentError } from "commander";

/** The number of a project, as an argument of a command. */
export function parseProjectId(text: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(text)) throw new InvalidArgumentError("Expected a project's number.");
  return BigInt(text);
}

/** The index of a round, from 0. */
export function parseRoundIndex(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("Expected a round's number, from 0.");
  return Number(text);
}
