import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../services/adapters/chain/transactions/transaction-journal.ts";
import { openTransactionStore } from "../../../services/aggregator/store/transaction-store.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "commonweight transactions "));
  path = join(folder, "transactions.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (nonce: number, purpose: string): JournalEntry => ({
  id: `id-${nonce}`,
  purpose,
  nonce,
  to: "0x00000000000000000000000000000000000000aa",
  data: "0x1234",
  valueWei: 5n,
  gasLimit: 21_000n,
  attempts: [{ hash: "0x01", raw: "0x02", maxFeePerGasWei: 10n, maxPriorityFeePerGasWei: 1n }],
});
const ended = (nonce: number, purpose: string, gasUsed: bigint): JournalEntry => ({
  ...entry(nonce, purpose),
  outcome: { kind: "mined", hash: "0x01", blockNumber: 3, gasUsed, gasPriceWei: 2n },
});

describe("the account's transactions on disk", () => {
  it("gives back what was open, lowest nonce first, after being opened again", () => {
    const first = openTransactionStore(path, "31337/0xaa");
    first.save(entry(8, "settle/1/0"));
    first.save(entry(7, "open/1/0"));
    first.close();

    const second = openTransactionStore(path, "31337/0xaa");

    expect(second.listOpen()).toEqual([entry(7, "open/1/0"), entry(8, "settle/1/0")]);
    second.close();
  });

  it("does not offer what was sent on another chain or by another account", () => {
    const here = openTransactionStore(path, "31337/0xaa");
    here.save(entry(7, "open/1/0"));
    const elsewhere = openTransactionStore(path, "1/0xaa");

    expect(elsewhere.listOpen()).toEqual([]);
    here.close();
    elsewhere.close();
  });

  it("adds up what one round cost, and nothing of round 10 under round 1", () => {
    const store = openTransactionStore(path, "31337/0xaa");
    store.save(ended(1, "open/1/1", 100n));
    store.save(ended(2, "relay/1/1/abcdef01", 30n));
    store.save(ended(3, "settle/1/1", 1000n));
    store.save(ended(4, "settle/1/10", 7n));
    store.save(entry(5, "relay/1/1/abcdef02"));

    expect(store.roundCosts(1n, 1)).toEqual({ transactions: 3, gasUsed: 1130n, costWei: 2260n });
    expect(store.roundCosts(1n, 2)).toEqual({ transactions: 0, gasUsed: 0n, costWei: 0n });
    store.close();
  });
});
