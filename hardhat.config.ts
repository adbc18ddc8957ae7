/**
 * How the contracts are compiled and tested.
 *
 * - The compiler is the npm package `solc` (WebAssembly), so a compile needs no download and is the
 *   same on every platform. Contracts pin its exact version in their pragma.
 * - A warning in our own sources fails the build (`warningsAreErrors`).
 * - Solidity tests live in `test/contracts`; fuzzing is seeded, so a red run is red for everybody.
 *   Tiers: `--test-profile quick | default | ci | long`; `npm test` runs `ci`.
 */
import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";
import type { CompilerOutputError } from "hardhat/types/solidity";

const require = createRequire(import.meta.url);
const compilerVersion = (require("solc/package.json") as { version: string }).version;

/** What the compiler says and Hardhat's type leaves out. */
type LocatedError = CompilerOutputError & { sourceLocation?: { file: string } };

/** Test contracts may be views or exceed the deployable size: that says nothing about the product. */
const allowedInTests = new Set(["2018", "5574", "3860"]);

/** Turns every compiler warning about a file of this repository into an error. */
const warningsAreErrors: HardhatPlugin = {
  id: "commonweight:warnings-are-errors",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, config, next) {
          const output = await next(context, compiler, input, config);
          const located: LocatedError[] = output.errors ?? [];
          const fileOf = (error: LocatedError) => error.sourceLocation?.file ?? "";
          // A warning about an npm package is its authors' business.
          const kept = located.filter(
            (error) => error.severity !== "warning" || !fileOf(error).startsWith("npm/"),
          );
          const errors = kept.map((error) => {
            const file = fileOf(error);
            const isOurs = file.startsWith("project/");
            const isAllowed =
              file.startsWith("project/test/") && allowedInTests.has(error.errorCode ?? "");
            return error.severity === "warning" && isOurs && !isAllowed
              ? { ...error, severity: "error" as const, type: "Error" }
              : error;
          });
          // Of sources without a contract (only structs) the compiler says nothing here, and the simulated chain refuses to start
          // on a build without this field.
          return { ...output, contracts: output.contracts ?? {}, errors };
        },
      }),
    }),
  },
};

/** One seed for all tiers: a finding is reproduced by running the same command again. */
const seed = "0x434f4d4d4f4e574549474854";

const fuzzTier = (runs: number, invariantRuns: number, depth: number) => ({
  fuzz: { seed, runs },
  invariant: { runs: invariantRuns, depth, failOnRevert: false },
  fsPermissions: { readDirectory: ["test/vectors"] },
});

const compiler = {
  version: compilerVersion,
  path: require.resolve("solc/soljson.js"),
  settings: {
    viaIR: true,
    optimizer: { enabled: true, runs: 1000 },
    evmVersion: "cancun",
    // No source hash in the bytecode: a comment does not change what is deployed.
    metadata: { bytecodeHash: "none" },
  },
};

/** The verifier is far from the size limit and reduces by the same 32-byte prime everywhere: with more runs it is pushed, not copied. */
const compilerOfVerifier = {
  ...compiler,
  settings: {
    ...compiler.settings,
    optimizer: { ...compiler.settings.optimizer, runs: 1_000_000 },
  },
};

export default defineConfig({
  plugins: [warningsAreErrors],
  paths: {
    sources: "contracts",
    tests: { solidity: "test/contracts" },
  },
  solidity: {
    compilers: [compiler],
    overrides: { "contracts/RoundVerifier.sol": compilerOfVerifier },
  },
  test: {
    solidity: {
      profiles: {
        default: fuzzTier(256, 32, 64),
        quick: fuzzTier(32, 8, 32),
        // A hundred thousand steps by owners, trainers, aggregators and thieves: 80 s on one core.
        ci: fuzzTier(256, 500, 200),
        long: fuzzTier(10_000, 2000, 250),
      },
    },
  },
});
