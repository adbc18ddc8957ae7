import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mountSmallDisk, type SmallDisk } from "../../bench/faults/small-disk.ts";
import { defaultFeePolicy } from "../../services/adapters/chain/transactions/fee-policy.ts";
import { createTransactionSender } from "../../services/adapters/chain/transactions/transaction-sender.ts";
import { databaseErrors, openDatabase } from "../../services/adapters/database.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import { openSubmission } from "../../services/aggregator/round/collect-bundles.ts";
import { openKeyLog } from "../../services/aggregator/store/key-log.ts";
import { contentStoreErrors } from "../../services/protocol/content-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

const probe = mkdtempSync(join(tmpdir(), "commonweight probe "));
const probed = mountSmallDisk(probe, 1);
const canMount = probed !== undefined;
probed?.unmount();
rmSync(probe, { recursive: true, force: true });

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

  // Skipped, and shown as skipped, where nothing may be mounted.
  it.skipIf(!canMount)(
    "is told apart from content that nobody has, and the node goes on when there is room again",
    async () => {
      const disk = mountSmallDisk(folder, 32) as SmallDisk;
      const node = await openIpfsNode({ folder: join(folder, "ipfs") });
      const other = await openIpfsNode({ listen: [], dial: node.addresses() });
      try {
        const cid = await other.put(new Uint8Array(30_000).fill(1));
        const makeRoom = disk.fill();
        const full = expect.objectContaining({ code: "CW2408" });

        await expect(node.put(new Uint8Array(30_000).fill(2))).rejects.toEqual(full);
        await expect(node.get(cid, { retries: 0 })).rejects.toEqual(full);
        // Again: what the node notes about its peers must not need the disk.
        await expect(node.get(cid, { retries: 0 })).rejects.toEqual(full);
        makeRoom();
        expect(await node.get(cid)).toHaveLength(30_000);
        const again = await node.put(new Uint8Array(30_000).fill(2));
        expect(await node.pins()).toContainEqual({ cid: again, holder: "" });
      } finally {
        await node.stop();
        await other.stop();
        disk.unmount();
      }
    },
  );

  it.skipIf(!canMount)(
    "has no room for a released key: nobody gets a receipt for half of one",
    () => {
      const disk = mountSmallDisk(folder, 1) as SmallDisk;
      try {
        const log = openKeyLog(join(folder, "keys.log"));
        const key = { sender: `0x${"aa".repeat(20)}`, kind: "update" as const, receivedAt: 1 };
        let receipts = 0;
        const append = () => {
          log.append({
            ...key,
            contentKey: `0x${"4d".repeat(32)}`,
            projectId: "1",
            roundIndex: receipts,
          });
          receipts += 1;
        };
        append();
        const makeRoom = disk.fill();

        // What is left of the file's last page has room for a few more, and for a part of one.
        expect(() => {
          for (let count = 0; count < 1000; count++) append();
        }).toThrowError(expect.objectContaining({ code: "CW2701" }));
        expect(receipts).toBeGreaterThan(1);
        expect(log.read()).toHaveLength(receipts);
        makeRoom();
        append();
        expect(log.read()).toHaveLength(receipts);
      } finally {
        disk.unmount();
      }
    },
  );

  it("of the aggregator excludes nobody: what could not be stored says nothing about the trainer", async () => {
    const full = new CommonweightError(contentStoreErrors.storeFailed, "no space left on device");
    const away = new CommonweightError(contentStoreErrors.timedOut, "nobody answered");
    const open = (failure: CommonweightError) =>
      openSubmission(
        {
          slot: 3,
          trainer: `0x${"aa".repeat(20)}`,
          commitmentHash: `0x${"cc".repeat(32)}`,
          bundleCid: "b",
        },
        {
          store: { get: () => Promise.reject(failure) },
          contentKeys: [{ bytes: new Uint8Array(32), isOnChain: false }],
          ...{ context: {}, parameterCount: 34, fractionBits: 14 },
        } as never,
      );

    await expect(open(full)).rejects.toBe(full);
    await expect(open(away)).resolves.toMatchObject({ slot: 3, reason: 2, code: "CW2402" });
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
