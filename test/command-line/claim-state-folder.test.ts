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
const own = { account: `0x${"1a".repeat(20)}`, chainId: 31337n, addresses };

describe("a role's state folder", () => {
  it("belongs to the account and market that it was begun with", () => {
    claimStateFolder(path, own);
    const written = readFileSync(path, "utf8");

    claimStateFolder(path, { ...own, account: own.account.toUpperCase().replace("0X", "0x") });

    expect(readFileSync(path, "utf8")).toBe(written);
  });

  it.each([
    ["account", { account: `0x${"2b".repeat(20)}` }],
    ["chain", { chainId: 1n }],
    ["market", { addresses: { market: `0x${"cd".repeat(20)}` } as never }],
  ])("refuses another %s and stays as it was", (_, other) => {
    claimStateFolder(path, own);
    const written = readFileSync(path, "utf8");

    const claim = () => claimStateFolder(path, { ...own, ...other });

    expect(claim).toThrowError(expect.objectContaining({ code: "CW6550" }));
    expect(readFileSync(path, "utf8")).toBe(written);
  });

  it("is claimed again when a crash cut its record short", () => {
    writeFileSync(path, '{"account":"0x1a');

    claimStateFolder(path, own);

    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ chainId: 31337 });
  });

  it("that cannot be written says so with a code", () => {
    const claim = () => claimStateFolder(join(path, "..", "absent", "file"), own);

    expect(claim).toThrowError(expect.objectContaining({ code: "CW2701" }));
  });
});
