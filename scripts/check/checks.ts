import { runNode } from "../repository.ts";

/** One tool that looks at the whole tree and says yes or no by its exit code. */
export interface Check {
  readonly name: string;
  /** Arguments of `node`, from the repository's root. */
  readonly command: readonly string[];
}

/** Solidity sources; prettier and solhint fail when a pattern matches nothing. */
const SOLIDITY = ["contracts/**/*.sol", "test/contracts/**/*.sol"];

/** The checks, quickest first. */
export const checks: readonly Check[] = [
  {
    name: "biome (format and lint of TypeScript, JSON, CSS)",
    command: ["node_modules/@biomejs/biome/bin/biome", "ci", "--error-on-warnings", "."],
  },
  {
    name: "prettier (format of Solidity)",
    command: ["node_modules/prettier/bin/prettier.cjs", "--check", ...SOLIDITY],
  },
  {
    name: "solhint (lint of Solidity)",
    // `--disc`: it would ask a registry for a newer one.
    command: ["node_modules/solhint/solhint.js", "--disc", "--max-warnings", "0", ...SOLIDITY],
  },
  { name: "tsc (types)", command: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"] },
];

/** Runs one check with our terminal; true when it found nothing to complain about. */
export async function runCheck(check: Check): Promise<boolean> {
  console.log(`\n── ${check.name}`);
  return (await runNode(check.command)) === 0;
}
