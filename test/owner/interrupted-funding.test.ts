import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { commandLine } from "../cli/command-line.ts";
import { startDroppingNode } from "../cli/dropping-node.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
  // Nothing has to be wrapped first: a transaction that waits would hold up the one that matters.
  const owner = market.of("owner");
  await topUpWrapped(owner, owner.addresses.wrappedNative, 10n * 10n ** 18n);
});
afterAll(() => market?.stop());

const state = () => join(market.folder, "own");
const words = (amount: string, url = market.rpcUrl) => [
  ...["owner", "fund", String(market.projectId), amount, "--yes"],
  ...["--state", state(), "--rpc-url", url],
];
const environment = () => ({ COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("owner") });
const fund = (amount: string, ...more: string[]) =>
  commandLine([...words(amount), ...more], { folder: market.folder, environment: environment() });
const budget = async () => (await readProject(market.of("owner"), market.projectId)).rewardLeftWei;
const askNode = (method: string, params: unknown[] = []) =>
  market.of("owner").provider.send(method, params);

/** Runs the command in a process of its own, which is killed as soon as its transaction is handed in. */
async function fundAndDie(amount: string, isPassedOn: boolean): Promise<void> {
  const selector = market.of("owner").market.interface.getFunction("addBudget")?.selector as string;
  const isMeant = (raw: string) => raw.includes(selector.slice(2));
  const node = await startDroppingNode(market.rpcUrl, { isPassedOn, isMeant });
  const funding = spawn(
    process.execPath,
    [join(repositoryRoot, "services/main.ts"), ...words(amount, node.url)],
    { cwd: market.folder, env: { ...process.env, ...environment() }, stdio: "ignore" },
  );
  const ended = once(funding, "exit").then(() => true);
  try {
    expect(await Promise.race([ended, node.dropped])).toBeUndefined();
  } finally {
    funding.kill("SIGKILL");
    await ended;
    node.stop();
  }
}

describe("a funding whose process died", () => {
  const mineAlone = async (isAutomatic: boolean) => {
    await askNode("evm_setIntervalMining", [isAutomatic ? 1000 : 0]);
    await askNode("evm_setAutomine", [isAutomatic]);
  };
  afterEach(() => mineAlone(true));

  it("after its transaction was mined is told once, and not paid again", async () => {
    const before = await budget();

    await fundAndDie("0.5", true);
    expect(await budget()).toBe(before + 5n * 10n ** 17n);

    const again = await fund("0.5");
    expect(again).toMatchObject({
      exitCode: exitCodes.refused,
      stderr: expect.stringMatching(/CW4027: project 1 got 0\.5 .* \(transaction 0x/),
    });
    expect(await budget()).toBe(before + 5n * 10n ** 17n);

    expect((await fund("0.25")).exitCode).toBe(exitCodes.success);
    expect(await budget()).toBe(before + 75n * 10n ** 16n);
  });

  it("before any node had its transaction is simply paid", async () => {
    const before = await budget();

    await fundAndDie("0.5", false);
    expect(await budget()).toBe(before);

    expect((await fund("0.5")).exitCode).toBe(exitCodes.success);
    expect(await budget()).toBe(before + 5n * 10n ** 17n);
    expect((await fund("0.5")).exitCode).toBe(exitCodes.success);
  });

  it("while its transaction waits is not paid beside it, also under another hash", async () => {
    const before = await budget();
    await mineAlone(false);
    await fundAndDie("0.5", true);
    const path = join(state(), "pending-fundings.json");
    // A version of it that pays more is in the file under its first hash.
    const hash = `0x${"ab".repeat(32)}`;
    writeFileSync(path, readFileSync(path, "utf8").replace(/0x[0-9a-f]{64}/, hash));

    expect(await fund("0.5")).toMatchObject({
      exitCode: exitCodes.refused,
      stderr: expect.stringMatching(/CW4028: 0\.5 .* for project 1/),
    });
    await askNode("evm_mine");
    expect(await budget()).toBe(before + 5n * 10n ** 17n);

    await mineAlone(true);
    expect(await fund("0.5")).toMatchObject({ stderr: expect.stringContaining("CW4027") });
    expect(await budget()).toBe(before + 5n * 10n ** 17n);
  });
});

it("a funding that cannot be remembered is not sent, and a damaged memory is not guessed at", async () => {
  const before = await budget();
  const path = join(state(), "pending-fundings.json");
  const whole = readFileSync(path, "utf8");

  writeFileSync(path, whole.slice(0, -5));
  expect(await fund("0.5")).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringContaining("CW4029"),
  });
  writeFileSync(path, whole);
  const nowhere = await commandLine(
    [...words("0.5").map((word) => (word === state() ? "/proc/self/none" : word))],
    { folder: market.folder, environment: environment() },
  );

  expect(nowhere).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringContaining("CW4013"),
  });
  expect(existsSync(`${path}.new`)).toBe(false);
  expect(await budget()).toBe(before);
});
