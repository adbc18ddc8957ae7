import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultFeePolicy } from "../../services/adapters/chain/fee-policy.ts";
import { createTransactionSender } from "../../services/adapters/chain/transaction-sender.ts";
import { databaseErrors, openDatabase } from "../../services/adapters/database.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "commonweight full "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a full disk", () => {
  it("is said as what it is, keeps what was stored, and is over when there is room again", () => {
    const database = openDatabase(join(folder, "small.sqlite"), [
      "CREATE TABLE IF NOT EXISTS entry (value TEXT NOT NULL) STRICT",
    ]);
    database.run("INSERT INTO entry VALUES ('first')");
    // SQLite's own word for ENOSPC: the file may not grow by a page.
    const pages = Number(Object.values(database.get("PRAGMA page_count") ?? {})[0]);
    database.get(`PRAGMA max_page_count = ${pages}`);
    const insert = () => database.run("INSERT INTO entry VALUES (?)", "x".repeat(10_000));

    expect(insert).toThrowError(expect.objectContaining({ code: "CW2701" }));
    expect(database.all("SELECT value FROM entry")).toHaveLength(1);
    database.get("PRAGMA max_page_count = 1000000");
    insert();
    expect(database.all("SELECT value FROM entry")).toHaveLength(2);
    database.close();
  });

  it("stops a transaction before it is sent: what is not stored could be sent twice", async () => {
    const sent: string[] = [];
    const provider = {
      estimateGas: async () => 21_000n,
      getBlock: async () => ({ baseFeePerGas: 1n }),
      getFeeData: async () => ({ maxPriorityFeePerGas: 1n }),
      getTransactionCount: async () => 0,
      send: async (method: string) => void sent.push(method),
    };
    const full = new CommonweightError(databaseErrors.cannotWrite, "no space left on device");
    const sender = createTransactionSender({
      provider: provider as never,
      wallet: new Wallet(`0x${"11".repeat(32)}`),
      chainId: 1n,
      journal: {
        listOpen: () => [],
        save: () => {
          throw full;
        },
      },
      policy: defaultFeePolicy,
    });
    const to = `0x${"aa".repeat(20)}`;

    await expect(sender.send({ purpose: "settle/1/0", to, data: "0x" })).rejects.toBe(full);
    expect(sent).toEqual([]);
    sender.close();
  });
});
