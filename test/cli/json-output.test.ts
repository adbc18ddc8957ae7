import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExclusionRecheck } from "../../services/auditor/checks/recheck-exclusion.ts";
import { auditReport } from "../../services/auditor/report/audit-report.ts";
import { toJson } from "../../services/command-line/json.ts";
import { loadOutputSchemas } from "../../services/command-line/output-schemas.ts";
import { failureSchema, type OutputSchemas } from "../../services/command-line/output-values.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import type { marketReport } from "../../services/market/market-report.ts";
import type { PublishedProject } from "../../services/owner/posting/publish-project.ts";
import type { RefereeReport } from "../../services/owner/referee/referee-service.ts";
import { readManifest } from "../../services/protocol/manifest/manifest.ts";
import { someAudit } from "../auditor/some-audit.ts";
import { commandLine } from "./command-line.ts";
import { everyCommand } from "./every-command.ts";
import { type PlayedMarket, startPlayedMarket } from "./played-market.ts";

const ADDRESS = `0x${"aB".repeat(20)}`;
const HASH = `0x${"ab".repeat(32)}`;
const CID = `bafkrei${"a".repeat(52)}`;

/**
 * Results of commands that a market without proofs cannot run; typed, so that the compiler keeps them what the commands write.
 * `test/market` and the tutorial run these commands themselves.
 */
const FIXTURES: Readonly<Record<string, unknown>> = {
  audit: auditReport(someAudit()),
  exclusion: {
    ...{ projectId: 1n, roundIndex: 0, trainer: ADDRESS, slot: 3, bundleCid: CID },
    ...{ reason: "bundle-malformed", settledIn: HASH, aggregator: ADDRESS, explanation: null },
    ...{ bundleBytes: 12, isKeyOnChain: false, conclusion: "undecided", detail: "sealed" },
  } satisfies ExclusionRecheck,
  "owner post": {
    ...{ projectId: 1n, transactionHash: HASH, gasUsed: 450_000n, escrowWei: 10n ** 18n },
    ...{ manifestCid: CID, modelCid: CID },
  } satisfies PublishedProject,
  "owner reference": {
    type: "finished",
    ...{ projectId: 1n, references: [0, 1], releases: [{ roundIndex: 0, to: "chain" }] },
    evaluations: [{ version: 0, accuracy: 0.1, loss: 2.3 }],
  } satisfies RefereeReport & { type: "finished" },
  up: {
    options: defaultMarketOptions,
    versions: { node: "v24.0.0" },
    projectId: 1n,
    initialAccuracy: 0.1,
    rounds: [
      {
        ...{ roundIndex: 0, accuracy: 0.5, gasUsed: 900_000n, proofSeconds: 3.5 },
        ...{ budgetWei: 10n ** 18n, paidWei: 5n * 10n ** 17n },
        trainers: [
          {
            ...{ name: "trainer-1", address: ADDRESS, verdict: "accepted" as const, weight: 1024 },
            ...{ share: 65_535, earnedWei: 5n * 10n ** 17n },
          },
        ],
      },
    ],
    voidRounds: [
      {
        ...{ roundIndex: 1, reason: "abandoned" as const, detail: 0 },
        ...{ blockNumber: 9, transactionHash: HASH },
      },
    ],
    trainers: [
      {
        ...{ name: "trainer-1", address: ADDRESS, attack: null, crashed: true },
        ...{ earnedWei: 1n, reliability: 32_768 },
      },
    ],
    peakMemoryMb: 900,
    totals: { paidWei: 5n * 10n ** 17n, escrowLeftWei: 0n, milliseconds: 9.5 },
    milliseconds: { "ended-": 9.5 },
  } satisfies Awaited<ReturnType<typeof marketReport>>,
};

describe("--json", () => {
  const checked = new Set<string>(Object.keys(FIXTURES));
  let market: PlayedMarket;
  let schemas: OutputSchemas;
  beforeAll(async () => {
    [market, schemas] = await Promise.all([startPlayedMarket(), loadOutputSchemas()]);
  });
  afterAll(() => market?.stop());

  /** Runs a command and holds every line that it writes against its schema. */
  async function check(command: string, args: readonly string[] = [], as?: string) {
    const { result, events } = schemas[command] as OutputSchemas[string];
    const state = args.includes("--state") ? [] : ["--state", `${market.folder}/state`];
    const words = [...command.split(" "), ...args, "--json", ...state];
    const written = await commandLine(words, {
      folder: market.folder,
      environment:
        as === undefined
          ? { COMMONWEIGHT_PASSWORD: "correct horse battery staple" }
          : { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf(as) },
    });
    const lines = written.stdout.trimEnd().split("\n");
    expect(written.exitCode, written.stderr || written.stdout).toBe(0);
    const last = JSON.parse(lines.pop() as string);
    result.parse(last);
    if (events === undefined) expect(lines).toEqual([]);
    for (const line of lines) events?.parse(JSON.parse(line));
    checked.add(command);
    return last;
  }

  it.each(Object.keys(FIXTURES))("of %s follows its schema", (command) => {
    const output = schemas[command];

    expect(output, command).toBeDefined();
    output?.result.parse(JSON.parse(toJson(FIXTURES[command])));
  });

  it("of everybody's commands follows the schemas", async () => {
    const keystore = `${market.folder}/key.json`;

    await check("networks");
    await check("doctor");
    mkdirSync(`${market.folder}/state`, { recursive: true });
    // The key that the played market has registered.
    const keys = { publicKey: "11".repeat(32), privateKey: "22".repeat(32) };
    writeFileSync(`${market.folder}/state/encryption-key.json`, JSON.stringify(keys), {
      mode: 0o600,
    });
    await check("aggregator doctor", ["--state", market.aggregatorFolder], "aggregator");
    await check("keys new", [keystore]);
    await check("keys show", [keystore]);
    await check("keys show", [keystore, "--check"]);
    const deployed = `${market.folder}/deployed.json`;
    writeFileSync(deployed, JSON.stringify(market.config));
    await check("deploy", ["--yes", "--config", deployed], "deployer");
    await check("completion", ["bash"]);
    for (const command of Object.keys(schemas)) await check("schema", command.split(" "));
  });

  it("of commands about a project follows the schemas", async () => {
    const data = ["--data", `${market.folder}/samples.csv`];
    const folder = `${market.folder}/fraud`;

    await check("worker quote", ["1", ...data]);
    await check("worker fit", ["1", ...data]);
    await check("worker fit", ["1", ...data, "--no-practice"]);
    await check("worker join", ["1", "--yes"], "stranger");
    await check("worker leave", ["1", "--yes"], "stranger");
    await check("worker withdraw", [], "stranger");
    await check("owner evaluate", ["1", ...data, "--model", "0"]);
    const predicted = ["--out", `${market.folder}/predicted.csv`];
    await check("owner predict", ["1", ...data, "--model", "0", ...predicted]);
    const files = { "--out": "model.npy", "--manifest": "pulled-manifest.json" };
    const named = Object.entries(files).flatMap(([flag, name]) => [
      flag,
      join(market.folder, name),
    ]);
    await check("owner pull", ["1", "--model", "0", ...named]);
    const [posted, written] = ["manifest.json", files["--manifest"]].map((name) =>
      readManifest(readFileSync(join(market.folder, name))),
    );
    expect(written).toEqual(posted);
    await check("owner init", [folder, ...data, "--yes"]);
    await check("owner rehearse", [folder, "--rounds", "1", "--attack", "sign-flip:1"]);
  });

  it("of commands about rounds, and of those that run until a project ends, follows the schemas", async () => {
    const data = ["--data", `${market.folder}/samples.csv`];
    const trainer = market.of("trainer-1").account as string;
    await market.playRound();

    await check("worker projects");
    expect(await check("worker projects", ["--titles"])).toEqual([
      expect.objectContaining({ title: expect.any(String) }),
    ]);
    await check("keep", ["1", "--dry-run"]);
    await check("worker quote", ["1", "--account", trainer]);
    const status = await check("worker status", ["1", trainer]);
    const earned = status.rounds.map((round: { earnedWei: string }) => BigInt(round.earnedWei));
    expect(BigInt(status.earnedWei)).toBe(
      earned.reduce((sum: bigint, wei: bigint) => sum + wei, 0n),
    );
    await check("explain", ["1", "0", trainer]);
    await check("owner status", ["1"]);
    await check("owner fund", ["1", "1000wei", "--yes"], "owner");
    await check("owner stop", ["1", "--yes"], "owner");
    await check("worker run", ["1", ...data], "trainer-1");
    await check("owner watch", ["1"]);
    const { stdout } = await commandLine(["owner", "watch", "1", "--json"], {
      folder: market.folder,
      environment: {},
    });
    const happened = stdout
      .split("\n")
      .flatMap((line) => (line.includes("blockNumber") ? [JSON.parse(line).happenedAt] : []));
    expect(happened.length).toBeGreaterThan(5);
    // What was long ago is told with its own time.
    expect(happened).toEqual([...happened].sort());
    expect(Date.parse(happened.at(0))).toBeLessThan(Date.parse(happened.at(-1)));
    expect(Date.parse(happened.at(-1))).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it("of a development chain follows the schemas, and so does what its faucet gives", async () => {
    const stop = new AbortController();
    const { events, result } = schemas.chain as OutputSchemas[string];
    const lines: string[] = [];
    const ended = commandLine(["chain", "--port", "0", "--json"], {
      folder: market.folder,
      signal: stop.signal,
      onLine: (line) => lines.push(line),
    });
    await check("faucet", [market.of("stranger").account as string, "--amount", "0.5"]);
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort("SIGTERM");

    expect((await ended).exitCode).toBe(0);
    result.parse(JSON.parse(lines.pop() as string));
    for (const line of lines) events?.parse(JSON.parse(line));
    checked.add("chain");
  });

  it("of a service that is stopped follows the schemas up to its last line", async () => {
    const { result, events } = schemas["aggregator run"] as OutputSchemas[string];
    const stop = new AbortController();
    const lines: string[] = [];
    const written = commandLine(
      ["aggregator", "run", "--port", "0", "--json", "--state", `${market.folder}/aggregator`],
      {
        folder: market.folder,
        environment: { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("deployer") },
        signal: stop.signal,
        onLine: (line) => {
          lines.push(line);
          if (JSON.parse(line).type === "ready") stop.abort("SIGTERM");
        },
      },
    );

    expect((await written).exitCode).toBe(0);
    result.parse(JSON.parse(lines.pop() as string));
    for (const line of lines) events?.parse(JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    checked.add("aggregator run");
  });

  it.each([
    { args: ["worker", "quote"], exitCode: 2, code: "usage" },
    { args: ["worker"], exitCode: 2, code: "usage" },
    { args: ["schema", "bogus"], exitCode: 3, code: "CW6530" },
    { args: ["networks", "--config", "none.json"], exitCode: 3, code: "CW2750" },
  ])("of a failure is an object on standard error: $args", async ({ args, exitCode, code }) => {
    const failed = await commandLine([...args, "--json"]);

    expect(failed).toMatchObject({ exitCode, stdout: "" });
    expect(failureSchema.parse(JSON.parse(failed.stderr)).error.code).toBe(code);
  });

  it("has a schema for every command, and every one was held against an output", async () => {
    const commands = (await everyCommand()).map((words) => words.join(" ")).sort();

    expect(Object.keys(schemas).sort()).toEqual(commands);
    expect([...checked].sort()).toEqual(commands);
  });
});
