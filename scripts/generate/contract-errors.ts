import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** An error that a contract reverts with, as its source declares it. */
export interface ContractError {
  /** With its arguments, as in `StakeTooLow(uint256 stake, uint256 minimum)`. */
  readonly signature: string;
  /** Its NatSpec notice, "Thrown when …", on one line. */
  readonly notice: string;
  /** The declaring file, below the repository's root. */
  readonly source: string;
}

/** Notice and declaration, which may both run over several lines. */
const DECLARATION = /\/\/\/ @notice (.+(?:\n\s*\/\/\/ (?!@notice).*)*)\n\s*error (\w+\([^)]*\));/g;

/**
 * The errors that a Solidity source declares.
 *
 * @param source Path to be told with each.
 */
export function contractErrorsOf(source: string, text: string): ContractError[] {
  return [...text.matchAll(DECLARATION)].map(([, notice = "", signature = ""]) => ({
    signature: signature.replace(/\s+/g, " ").replace("( ", "(").replace(" )", ")"),
    notice: notice.replace(/\s*\n\s*\/\/\/\s*(?:@dev )?/g, " ").trim(),
    source,
  }));
}

/** The errors of all contracts, by name; one that two files declare is listed once. */
export async function readContractErrors(): Promise<ContractError[]> {
  const folder = join(repositoryRoot, "contracts");
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.sol$/.test(name));
  const errors = await Promise.all(
    names.map(async (name) =>
      contractErrorsOf(`contracts/${name}`, await readFile(join(folder, name), "utf8")),
    ),
  );
  const bySignature = new Map(errors.flat().map((error) => [error.signature, error]));
  return [...bySignature.values()].sort((a, b) => (a.signature < b.signature ? -1 : 1));
}
