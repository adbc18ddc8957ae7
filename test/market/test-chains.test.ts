import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { requireTestChain } from "../../services/market/test-chains.ts";
import { commandLine } from "../cli/command-line.ts";
import { fakeNode, stopFakeNode } from "./fake-node.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "commonweight chains "));
const KEY = `0x${"42".repeat(32)}`;

afterEach(stopFakeNode);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a chain that a market is to be run on", () => {
  it.each([31_337n, 1337n, 11_155_111n, 84_532n])("%i is for trying out", (chainId) => {
    expect(() => requireTestChain(chainId, undefined)).not.toThrow();
  });

  it.each([1n, 137n, 8453n, 42_161n])("%i is refused even when its number is said", (chainId) => {
    for (const said of [undefined, chainId]) {
      expect(() => requireTestChain(chainId, said)).toThrow(/coins are money.*forge a proof/);
    }
  });

  it("that nobody knows takes its number, and the right one", () => {
    expect(() => requireTestChain(987_654n, undefined)).toThrow("say so with --chain-id 987654");
    expect(() => requireTestChain(987_654n, 5n)).toThrow(
      "the node is of chain 987654, and --chain-id says 5",
    );
    expect(() => requireTestChain(987_654n, 987_654n)).not.toThrow();
  });
});

describe("a market under development keys", () => {
  it("is not deployed on a chain whose coins are money, not even with --yes", async () => {
    const { rpcUrl, sent } = await fakeNode(1n);

    const { exitCode, stderr } = await commandLine(
      ["deploy", "--rpc-url", rpcUrl, "--yes", "--state", join(folder, "state")],
      { folder, environment: { COMMONWEIGHT_PRIVATE_KEY: KEY } },
    );

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("CW6009");
    expect(stderr).toContain("chain 1 is one whose coins are money");
    expect(sent).toEqual([]);
  });

  it("is not deployed as a ceremony's by whoever writes so into a setup's file", async () => {
    const { rpcUrl, sent } = await fakeNode(11_155_111n);
    const { tauG2, checksum, keys } = developmentSetup();
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
    const setup = JSON.stringify({ tauG2, checksum, keys, label: "ceremony of May 2027" }, plain);
    writeFileSync(join(folder, "setup.json"), setup);
    writeFileSync(join(folder, "deployer.key"), KEY);

    const deploying = run(process.execPath, [
      join(repositoryRoot, "scripts/deploy/market.ts"),
      ...["--rpc-url", rpcUrl, "--key-file", join(folder, "deployer.key")],
      ...["--setup", join(folder, "setup.json"), "--out", join(folder, "deployment.json")],
    ]);

    await expect(deploying).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Trust8Key of .* is a development key: its secret is public/),
    });
    expect(sent).toEqual([]);
  });
});
