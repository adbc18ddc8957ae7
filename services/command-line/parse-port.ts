import { InvalidArgumentError } from "commander";

/** A port, 0 for any free one, as an option of a command. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw new InvalidArgumentError("Expected a port: 0 to 65535.");
}
