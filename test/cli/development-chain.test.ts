import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../services/adapters/chain/accounts/development-accounts.ts";

const run = promisify(execFile);
const main = join(repositoryRoot, "services/main.ts");
const ACCOUNT = "0x00000000000000000000000000000000000000AA";
const MNEMONIC = "test test test test test test test test test test test junk";
const [rich] = developmentAccounts(MNEMONIC, 1) as [DevelopmentAccount];

describe("a development chain", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight chain "));
  let chain: ChildProcess;
  let rpcUrl: string;

  const commonweight = async (...args: string[]) => {
    const { stdout } = await run(process.execPath, [main, ...args, "--json"], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", COMMONWEIGHT_PRIVATE_KEY: rich.privateKey },
    });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    chain = spawn(process.execPath, [main, "chain", "--port", "0", "--json"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: chain.stdout as NodeJS.ReadableStream });
    const [line] = (await once(lines, "line")) as [string];
    ({ rpcUrl } = JSON.parse(line));
  });
  afterAll(async () => {
    chain.kill("SIGINT");
    const [exitCode] = await once(chain, "exit");
    rmSync(folder, { recursive: true, force: true });
    expect(exitCode).toBe(0);
  });

  it("refuses a second one on its port", async () => {
    const port = new URL(rpcUrl).port;

    await expect(run(process.execPath, [main, "chain", "--port", port])).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining("CW6002"),
    });
  });

  it("listens on this machine alone, and takes orders from every page that a browser on it shows", async () => {
    const answer = await fetch(rpcUrl, {
      method: "POST",
      headers: { origin: "https://elsewhere.example", "content-type": "text/plain" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_accounts", params: [] }),
    });

    expect(new URL(rpcUrl).hostname).toBe("127.0.0.1");
    // What docs/threat-model.md says of it; for our own page it has to be so.
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(((await answer.json()) as { result: string[] }).result).toContain(
      rich.address.toLowerCase(),
    );
  });

  it("has a faucet", async () => {
    const { given } = await commonweight("faucet", ACCOUNT, "--amount", "2.5", "--rpc-url", rpcUrl);

    expect(given).toEqual([{ account: ACCOUNT, balanceWei: (25n * 10n ** 17n).toString() }]);
  });

  it("is where a market is deployed, which the folder's commands then find", async () => {
    const file = join(folder, "commonweight.config.json");
    writeFileSync(file, JSON.stringify({ logLevel: "warn" }));

    const deployed = await commonweight("deploy", "--yes", "--rpc-url", rpcUrl);
    const listed = await commonweight("worker", "projects");

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      logLevel: "warn",
      network: "local",
      networks: {
        local: {
          rpcUrl,
          chainId: 31337,
          market: deployed.addresses.market,
          wrappedNative: deployed.addresses.wrappedNative,
          deployBlock: deployed.addresses.deployBlock,
        },
      },
    });
    expect(listed).toEqual([]);
  });

  it("has no place for an aggregator on its port, which then ends instead of holding what it opened", async () => {
    const args = ["aggregator", "run", "--port", new URL(rpcUrl).port, "--state", "aggregator"];

    const refusal = run(process.execPath, [main, ...args], {
      cwd: folder,
      env: { ...process.env, COMMONWEIGHT_PRIVATE_KEY: `0x${"12".repeat(32)}` },
      timeout: 150_000,
    });

    await expect(refusal).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/CW6541: port \d+ of 127.0.0.1: another program listens there/),
    });
  });
});
