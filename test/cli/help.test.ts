import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const run = promisify(execFile);

/** Runs the binary in a folder without a configuration; a failure resolves, too. */
async function commonweight(args: readonly string[], environment: Record<string, string> = {}) {
  const result = await run(process.execPath, ["services/main.ts", ...args], {
    cwd: repositoryRoot,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", COLUMNS: "100", ...environment },
  }).catch((error: { code: number; stdout: string; stderr: string }) => error);
  return {
    exitCode: "code" in result ? result.code : 0,
    stdout: result.stdout,
    stderr: result.stderr,
  };
}

const commands = [
  ["audit"],
  ["explain"],
  ["exclusion"],
  ["doctor"],
  ["networks"],
  ["chain"],
  ["faucet"],
  ["deploy"],
  ["keys", "new"],
  ["keys", "show"],
  ["owner", "init"],
  ["owner", "rehearse"],
  ["owner", "reference"],
  ["owner", "post"],
  ["owner", "status"],
  ["owner", "fund"],
  ["owner", "stop"],
  ["owner", "watch"],
  ["owner", "evaluate"],
  ["owner", "pull"],
  ["worker", "projects"],
  ["worker", "join"],
  ["worker", "status"],
  ["worker", "leave"],
  ["worker", "withdraw"],
];

describe("help", () => {
  it.each(commands)("of %s %s says what it does and shows an example", async (...command) => {
    const { exitCode, stdout } = await commonweight([...command.filter(Boolean), "--help"]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Examples?:$/m);
    expect(stdout).toMatchSnapshot();
  });
});

describe("bad input", () => {
  const away = ["--rpc-url", "http://127.0.0.1:1"];
  it.each([
    { args: ["audit", "one"], exitCode: 2, says: "Expected a project's number" },
    { args: ["audit", "1", "--round", "-1"], exitCode: 2, says: "Expected a round's number" },
    { args: ["audit", "1", ...away], exitCode: 3, says: "CW2754" },
    { args: ["audit", "1", "--network", "moon"], exitCode: 3, says: "CW2752" },
    { args: ["owner", "fund", "1", "0"], exitCode: 2, says: "Expected wei" },
    { args: ["faucet", "none.json"], exitCode: 3, says: "CW2380" },
    { args: ["owner", "stop", "1"], exitCode: 3, says: "CW2753" },
    { args: ["worker", "leave", "1", "--keystore", "none.json"], exitCode: 3, says: "CW6500" },
    { args: ["keys", "show", "none.json"], exitCode: 3, says: "CW2380" },
    { args: ["keys", "new", "none.json"], exitCode: 3, says: "CW6500" },
    {
      args: ["owner", "post", "--manifest", "none.json", "--terms", "none.json"],
      exitCode: 3,
      says: "CW4013",
    },
  ])("$args ends with $exitCode and says $says", async ({ args, exitCode, says }) => {
    const result = await commonweight(args);

    expect(result.stderr).toContain(says);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toBe("");
  });
});

describe("doctor", () => {
  it("names what is broken and the fix, and ends with 4", async () => {
    const { exitCode, stdout } = await commonweight([
      "doctor",
      "--json",
      "--state",
      "cache/doctor",
    ]);
    const { found } = JSON.parse(stdout) as {
      found: { part: string; state: string; fix: string }[];
    };

    expect(exitCode).toBe(4);
    const chain = found.find(({ part }) => part === "chain");
    expect(chain?.state).toBe("broken");
    expect(chain?.fix).toContain("npm start");
  });
});
