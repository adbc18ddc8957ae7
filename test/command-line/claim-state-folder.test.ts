import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimStateFolder } from "../../services/command-line/claim-state-folder.ts";

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "commonweight claim ")), "worker-account.json");
});
afterEach(() => rmSync(join(path, ".."), { recursive: true, force: true }));

const addresses = { market: `0x${"Ab".repeat(20)}` } as never;
const account = `0x${"1a".repeat(20)}`;
const nodeWith = (block: unknown) => ({ send: async () => block });
const began = (byte: string) => nodeWith({ hash: `0x${byte.repeat(32)}` });
const own = { account, chainId: 31337n, addresses, provider: began("e1") };
const refusal = expect.objectContaining({ code: "CW6550" });

describe("a role's state folder", () => {
  it("belongs to the account and market that it was begun with", async () => {
    await claimStateFolder(path, own);
    const written = readFileSync(path, "utf8");

    await claimStateFolder(path, { ...own, account: account.toUpperCase().replace("0X", "0x") });

    expect(readFileSync(path, "utf8")).toBe(written);
  });

  it.each([
    ["account", { account: `0x${"2b".repeat(20)}` }],
    ["chain", { chainId: 1n }],
    ["market", { addresses: { market: `0x${"cd".repeat(20)}` } as never }],
    ["chain of the same number and addresses, begun anew,", { provider: began("e2") }],
  ])("refuses another %s and stays as it was", async (_, other) => {
    await claimStateFolder(path, own);
    const written = readFileSync(path, "utf8");

    await expect(claimStateFolder(path, { ...own, ...other })).rejects.toThrow(refusal);

    expect(readFileSync(path, "utf8")).toBe(written);
  });

  it.each([
    ["no first block", null],
    ["one without a hash", {}],
    ["one with a hash that is none", { hash: "0x1" }],
  ])("says nothing of a chain's beginning where the node has %s", async (_, block) => {
    await claimStateFolder(path, { ...own, provider: nodeWith(block) });
    expect(JSON.parse(readFileSync(path, "utf8"))).not.toHaveProperty("genesis");

    await claimStateFolder(path, own);
    await claimStateFolder(path, { ...own, provider: nodeWith(block) });

    await expect(claimStateFolder(path, { ...own, provider: began("e2") })).rejects.toThrow(
      refusal,
    );
  });

  it("is claimed again when a crash cut its record short", async () => {
    writeFileSync(path, '{"account":"0x1a');

    await claimStateFolder(path, own);

    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ chainId: 31337 });
  });

  it("that cannot be written says so with a code", async () => {
    const claim = claimStateFolder(join(path, "..", "absent", "file"), own);

    await expect(claim).rejects.toThrow(expect.objectContaining({ code: "CW2701" }));
  });
});
