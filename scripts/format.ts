/** `npm run format`: brings every source file into shape and applies safe lint fixes. */
import { runNode } from "./repository.ts";

const exitCodes = [
  await runNode(["node_modules/@biomejs/biome/bin/biome", "check", "--write", "."]),
  await runNode([
    "node_modules/prettier/bin/prettier.cjs",
    "--write",
    "--log-level=warn",
    "contracts/**/*.sol",
    "test/contracts/**/*.sol",
  ]),
];
process.exitCode = Math.max(...exitCodes);
