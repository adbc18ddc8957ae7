import { defineConfig } from "vitest/config";

/**
 * Unit and integration tests in TypeScript. `test/` mirrors the source tree; Solidity tests
 * (`test/contracts`) run in Hardhat. `CW_LONG=1` adds the long tier.
 */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: [
      "test/contracts/**",
      "node_modules/**",
      ...(process.env.CW_LONG === undefined ? ["**/*.long.test.ts"] : []),
    ],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    // Not to judge speed: what hangs must end, also on a machine that does ten other things.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    passWithNoTests: false,
    // A rejected promise that nobody awaits is a bug in the test or in the code: fail.
    dangerouslyIgnoreUnhandledErrors: false,
    allowOnly: false,
  },
});
