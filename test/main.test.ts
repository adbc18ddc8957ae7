import { execFile, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../scripts/repository.ts";

const run = promisify(execFile);

/** Runs the binary; a failure resolves, too. */
async function commonweight(...args: string[]) {
  const result = await run(process.execPath, ["services/main.ts", ...args], {
    cwd: repositoryRoot,
    env: { ...process.env, NO_COLOR: "1" },
  }).catch((error: { code: number; stdout: string; stderr: string }) => error);
  return {
    exitCode: "code" in result ? result.code : 0,
    stdout: result.stdout,
    stderr: result.stderr,
  };
}

describe("commonweight", () => {
  it("lists its commands and explains them", async () => {
    const { stdout, exitCode } = await commonweight("--help");

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Usage: commonweight/);
    expect(stdout).toContain("completion");
  });

  it("says its version", async () => {
    const { version } = JSON.parse(await readFile(`${repositoryRoot}package.json`, "utf8"));

    expect((await commonweight("--version")).stdout.trim()).toBe(version);
  });

  it.each([["bogus"], ["completion"], ["completion", "tcsh"], ["--bogus"]])(
    "ends with 2 for %s %s",
    async (...args) => {
      const { exitCode, stderr } = await commonweight(...args);

      expect(exitCode).toBe(2);
      expect(stderr).toContain("error:");
    },
  );

  it("ends with 3 and a code for a problem of the configuration", async () => {
    const { exitCode, stderr } = await commonweight(
      "completion",
      "bash",
      "--config",
      "nowhere.json",
    );

    expect(exitCode).toBe(3);
    expect(stderr).toContain("CW2750");
  });

  it("completes commands and options in bash", async () => {
    const { stdout } = await commonweight("completion", "bash");
    const ask = `${stdout}\nCOMP_WORDS=(commonweight comp); COMP_CWORD=1; _commonweight; echo "\${COMPREPLY[@]}"`;

    const { stdout: reply } = spawnSync("bash", ["-c", ask], { encoding: "utf8" });

    expect(reply.trim()).toBe("completion");
  });
});
