import { InvalidArgumentError } from "commander";
import { isAddress } from "../adapters/chain/is-address.ts";

/** The address of an account or contract, as an argument of a command. */
export function parseAddress(text: string): string {
  if (!isAddress(text)) {
    throw new InvalidArgumentError(
      "Expected an address: 0x and 40 hexadecimal digits, with the right checksum if in mixed case.",
    );
  }
  return text;
}
