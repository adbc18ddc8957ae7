import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const run = promisify(execFile);
const KEPT_KEYS = `${repositoryRoot}circuits/keys`;
const bench = (slots: string) =>
  run(process.execPath, [
    `${repositoryRoot}bench/main.ts`,
    "proof",
    "--params",
    "64",
    ...["--slots", slots],
  ]);

it("refuses a number of slots that no circuit has before it measures anything", async () => {
  await expect(bench("8,12")).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^CW2100: no key of rule 1 for 12 slots\n/),
  });
});

/** Where `npm run circuits -- trust-32` was run, the bench measures. */
it.skipIf(existsSync(`${KEPT_KEYS}/trust-32.zkey.gz`))(
  "says how to make the key of 32 slots where it is missing",
  async () => {
    await expect(bench("32")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("npm run circuits -- trust-32"),
    });
  },
);
