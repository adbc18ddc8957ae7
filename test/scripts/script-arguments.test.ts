import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const script = (path: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [`${repositoryRoot}${path}`, ...args], { encoding: "utf8" });

describe.each([
  ["scripts/test.ts", "npm test"],
  ["scripts/generate.ts", "npm run generate"],
  ["scripts/circuits.ts", "npm run circuits"],
  ["scripts/deploy/market.ts", "npm run deploy-market"],
  ["scripts/mutation/market-faults.ts", "node scripts/mutation/market-faults.ts"],
  ["scripts/mutation/market-mutants.ts", "node scripts/mutation/market-mutants.ts"],
  ["test/fuzz/main.ts", "npm run fuzz"],
])("the command line of %s", (path, name) => {
  it("is explained by --help", () => {
    const { status, stdout, stderr } = script(path, "--help");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(name);
  });

  it("is refused with its usage, not with a stack, for what it has not", () => {
    const { status, stdout, stderr } = script(path, "--no-such-option");

    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Unknown option '--no-such-option'/);
    expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

it.each([
  ["scripts/test.ts", ["--only", "nonsense"], 'there is no suite "nonsense"'],
  ["scripts/circuits.ts", ["nonsense"], "no such circuit: nonsense"],
  ["scripts/circuits.ts", ["powers", "40", "file"], "powers takes an exponent from 1 to 20"],
  ["scripts/circuits.ts", ["phase2", "start"], "phase2 needs --circuit"],
  ["scripts/deploy/market.ts", [], "it needs --rpc-url, --key-file and --out"],
  ["test/fuzz/main.ts", ["--cases", "0"], "--cases and --seed take whole numbers"],
])("%s %j is answered: %s", (path, args, answer) => {
  const { status, stderr } = script(path, ...args);

  expect(status).toBe(2);
  expect(stderr.startsWith(answer)).toBe(true);
});
