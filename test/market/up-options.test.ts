import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { marketAttacks, parseUpOptions } from "../../services/market/up-options.ts";

const defaults = {
  ...Object.fromEntries(
    Object.entries(defaultMarketOptions).map(([name, value]) => [name, String(value)]),
  ),
  port: "8600",
  node: "hardhat",
};

const problemsOf = (options: Record<string, unknown>, file?: string): string[] => {
  try {
    parseUpOptions({ ...defaults, ...options }, file);
  } catch (error) {
    const { code, details } = error as { code: string; details: { problems: string[] } };
    expect(code).toBe("CW6004");
    return details.problems;
  }
  return [];
};

describe("the options of `commonweight up`", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-options-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("accepts the defaults, and turns them into those of the market", () => {
    const { market, port } = parseUpOptions(defaults, undefined);

    expect(market).toEqual({ ...defaultMarketOptions });
    expect(port).toBe(8600);
  });

  it("accepts every example of the README and of its own help", () => {
    const text = ["README.md", "services/market/commands/up.ts", "examples/penguins/README.md"]
      .map((path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"))
      .join("\n");
    const examples = [...text.matchAll(/(?:npm start --|commonweight up) (--[^`\n(]+)/g)].map(
      ([, given = ""]) => [...given.matchAll(/--(\w+) ([^-\s]\S*)/g)],
    );

    expect(examples.length).toBeGreaterThanOrEqual(8);
    for (const example of examples) {
      const options = Object.fromEntries(example.map(([, name, value]) => [name, value]));
      // The reader's own table.
      if (options.dataset === "table.csv") delete options.dataset;
      const { json, state, ...known } = options;
      expect(problemsOf(known), JSON.stringify(options)).toEqual([]);
    }
  });

  it("takes the column of the class only with a table or Parquet files", () => {
    const fixtures = "test/learning/fixtures";
    for (const dataset of [`${fixtures}/nested.parquet`, `${fixtures}/shards`]) {
      expect(problemsOf({ target: "kind", dataset })).toEqual([]);
    }
    expect(problemsOf({ target: "kind", dataset: "docs/images" })).toEqual([
      "--target: only with a table as --dataset",
    ]);
    expect(problemsOf({ target: "kind" })).toEqual(["--target: only with a table as --dataset"]);
    expect(problemsOf({ target: "species", dataset: "examples/penguins/penguins.csv" })).toEqual(
      [],
    );
  });

  it("takes the address of a node, and what belongs to one only with it", () => {
    const own = parseUpOptions(
      { ...defaults, node: "https://node.example/key", chainId: "7" },
      undefined,
    );

    expect(own).toMatchObject({ node: "own", rpcUrl: "https://node.example/key", chainId: 7n });
    expect(problemsOf({ node: "node.example" })).toEqual([
      "--node node.example: one of hardhat, anvil, or an http address",
    ]);
    expect(problemsOf({ chainId: "7", keystore: "a.json", budget: "much" })).toEqual([
      "--budget much: is no amount like 0.5, 0.5 ETH or 1000 wei",
      "--chain-id: only with --node <address>",
      "--keystore: only with --node <address>, where somebody must pay",
    ]);
  });

  it("names every attack in the command's help, and no other", () => {
    const text = readFileSync(
      new URL("../../services/market/commands/up.ts", import.meta.url),
      "utf8",
    );

    const named = /Attacks: ([^(]+) \(/.exec(text)?.[1]?.split(/,\s+/);

    expect(named).toEqual(marketAttacks());
  });

  it("names everything that is wrong at once", () => {
    const problems = problemsOf(
      {
        rounds: "0",
        trainers: "6",
        slots: "8",
        model: "transformer",
        split: "dirichlet:0",
        attackers: "sign-flip,bribe",
        port: "65535",
        samples: "many",
        json: true,
      },
      join(folder, "missing", "report.json"),
    );

    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "--trainers",
      "--attackers",
      "--split",
      "--rounds",
      "--model",
      "--samples",
      "--port",
      "--json",
    ]);
  });

  it.each([
    ["--trainers 2: a whole number from 3 to 13", { trainers: "2" }],
    ["--trainers 14: a whole number from 3 to 13", { trainers: "14" }],
    ["--rounds 1.5: a whole number from 1 to 1000", { rounds: "1.5" }],
    ["--slots 12: one of 8, 16", { slots: "12" }],
    ["--samples 255: a whole number from 256 to 60000", { samples: "255" }],
    ["--port -1: a whole number from 0 to 65534", { port: "-1" }],
    [
      "--attackers: 4 attackers, but only 3 trainers",
      { trainers: "3", attackers: "noise,noise,noise,noise" },
    ],
  ])("says %s", (problem, options) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  it("accepts both ends of each range", () => {
    for (const trainers of ["3", "13"]) expect(problemsOf({ trainers })).toEqual([]);
    for (const port of ["0", "65534"]) expect(problemsOf({ port })).toEqual([]);
    expect(problemsOf({ samples: "256" })).toEqual([]);
  });

  it("lists the attacks that a process can play, and no other", () => {
    const [problem] = problemsOf({ attackers: "leak" });

    expect(problem).toContain(marketAttacks().join(", "));
    expect(marketAttacks()).toEqual(expect.arrayContaining(["sign-flip", "stale-replay"]));
    // Needs the honest updates of others, which sealed bundles do not show.
    expect(marketAttacks()).not.toContain("alie");
  });

  it("takes `none` and nothing for an honest market", () => {
    expect(parseUpOptions({ ...defaults, attackers: "none" }, undefined).market.attackers).toEqual(
      [],
    );
    expect(problemsOf({ attackers: "" })).toEqual([]);
  });

  it("writes a report only with --json, and not over a folder", () => {
    expect(problemsOf({}, "report.json")).toHaveLength(1);
    expect(problemsOf({ json: true }, folder)).toEqual([`--json ${folder}: it is a folder`]);
    const path = join(folder, "report.json");
    expect(parseUpOptions({ ...defaults, json: true }, path).reportPath).toBe(path);
  });
});
