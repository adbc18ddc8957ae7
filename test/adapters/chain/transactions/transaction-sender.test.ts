import { JsonRpcProvider, type TransactionResponse, Wallet } from "ethers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { developmentAccounts } from "../../../../services/adapters/chain/accounts/development-accounts.ts";
import {
  createMemoryJournal,
  type TransactionJournal,
} from "../../../../services/adapters/chain/transactions/transaction-journal.ts";
import {
  createTransactionSender,
  type TransactionEvent,
  type TransactionSender,
} from "../../../../services/adapters/chain/transactions/transaction-sender.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../../../services/adapters/embedded-chain.ts";
import { eventually } from "../../../eventually.ts";

const PAYEE = "0x00000000000000000000000000000000000000aa";
const account = developmentAccounts(DEVELOPMENT_MNEMONIC, 1)[0] as { privateKey: string };
let embedded: EmbeddedChain;
let provider: JsonRpcProvider;
let journal: TransactionJournal;
let events: TransactionEvent[];
const senders: TransactionSender[] = [];

/** A sender as a new process makes it: nothing but the journal is shared with the one before. */
function open(
  options: { replaceAfterMs?: number; maxFeePerGasWei?: bigint; rpc?: JsonRpcProvider } = {},
) {
  const rpc = options.rpc ?? provider;
  const sender = createTransactionSender({
    provider: rpc,
    wallet: new Wallet(account.privateKey, rpc),
    chainId: 31337n,
    journal,
    policy: {
      replaceAfterMs: options.replaceAfterMs ?? 60_000,
      maxFeePerGasWei: options.maxFeePerGasWei ?? 10n ** 12n,
    },
    pollMs: 20,
    onEvent: (event) => events.push(event),
  });
  senders.push(sender);
  return sender;
}
const mine = () => provider.send("evm_mine", []);
const balance = () => provider.getBalance(PAYEE);
const pendingHashes = async () =>
  ((await provider.send("eth_getBlockByNumber", ["pending", false])) as { transactions: string[] })
    .transactions;
const pay = (purpose: string, valueWei = 5n) => ({ purpose, to: PAYEE, data: "0x", valueWei });
const until = (condition: () => boolean | Promise<boolean>) =>
  eventually(async () => expect(await condition()).toBe(true));

beforeAll(async () => {
  embedded = await startEmbeddedChain({ accountCount: 2 });
  provider = new JsonRpcProvider(embedded.rpcUrl, 31337, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 20,
  });
});
afterAll(async () => {
  provider.destroy();
  await embedded.stop();
});
let snapshot: string;
beforeEach(async () => {
  journal = createMemoryJournal();
  events = [];
  snapshot = await provider.send("evm_snapshot", []);
  await provider.send("evm_setIntervalMining", [0]);
  await provider.send("evm_setAutomine", [false]);
});
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  await provider.send("evm_revert", [snapshot]);
});

describe("sending transactions", () => {
  it("gives several at once nonces of their own and waits for each", async () => {
    const sender = open();
    const sending = Promise.all([1n, 2n, 3n].map((value) => sender.send(pay(`p${value}`, value))));
    await until(() => journal.listOpen().length === 3);
    const nonces = journal.listOpen().map(({ nonce }) => nonce);
    await until(async () => (await pendingHashes()).length === 3);
    await mine();

    const receipts = await sending;

    expect(new Set(nonces).size).toBe(3);
    expect(new Set(receipts.map(({ hash }) => hash)).size).toBe(3);
    expect(await balance()).toBe(6n);
    expect(journal.listOpen()).toEqual([]);
  });

  it("sends one of a purpose at a time, however often it is asked", async () => {
    const sender = open();
    const sending = Promise.all([sender.send(pay("settle/1/0")), sender.send(pay("settle/1/0"))]);
    await until(async () => (await pendingHashes()).length === 1);
    await mine();

    const [first, second] = await sending;

    expect(first).toEqual(second);
    expect(await balance()).toBe(5n);
  });

  it("replaces one that is not mined by one that pays more, and takes whichever is mined", async () => {
    const hashes: string[] = [];
    const sending = open({ replaceAfterMs: 50 }).send(pay("slow"), {
      onSent: (hash) => hashes.push(hash),
    });
    await until(() => events.filter(({ type }) => type === "transaction-replaced").length >= 2);
    const offered = journal.listOpen()[0]?.attempts.map(({ maxFeePerGasWei }) => maxFeePerGasWei);
    await mine();

    const receipt = await sending;

    expect(offered?.length).toBeGreaterThanOrEqual(3);
    expect(offered).toEqual([...(offered ?? [])].sort((a, b) => (a < b ? -1 : 1)));
    expect(receipt.hash).not.toBe(hashes[0]);
    expect(await balance()).toBe(5n);
    expect(events.at(-1)).toMatchObject({
      type: "transaction-ended",
      outcome: "mined",
      costWei: receipt.gasUsed * receipt.gasPriceWei,
    });
  });

  it("stops raising at the cap, says so once, and still waits", async () => {
    const base = (await provider.getBlock("latest"))?.baseFeePerGas ?? 0n;
    const cap = 2n * base + 2n * 10n ** 9n;
    const sending = open({ replaceAfterMs: 30, maxFeePerGasWei: cap }).send(pay("capped"));
    await until(() => events.some(({ type }) => type === "transaction-stuck"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const offered = journal.listOpen()[0]?.attempts.map(({ maxFeePerGasWei }) => maxFeePerGasWei);
    await mine();
    await sending;

    expect(offered?.every((fee) => fee <= cap)).toBe(true);
    expect(events.filter(({ type }) => type === "transaction-stuck")).toHaveLength(1);
  });

  it("sends nothing when the base fee is above the cap, or the money is not there", async () => {
    await expect(open({ maxFeePerGasWei: 1n }).send(pay("dear"))).rejects.toMatchObject({
      code: "CW2208",
    });
    await expect(open().send(pay("poor", 10n ** 30n))).rejects.toMatchObject({ code: "CW2202" });
    expect(journal.listOpen()).toEqual([]);
    expect(await pendingHashes()).toEqual([]);
  });

  it("says that a transaction was mined and failed, and what it cost", async () => {
    const sending = open()
      .send(pay("changes its mind"))
      .catch((error: unknown) => error);
    await until(async () => (await pendingHashes()).length === 1);
    // From now on the payee refuses, although it took the money when it was asked.
    await provider.send("hardhat_setCode", [PAYEE, "0x5f5ffd"]);
    await mine();

    expect(await sending).toMatchObject({ code: "CW2203" });
    expect(events.at(-1)).toMatchObject({ outcome: "failed", costWei: expect.any(BigInt) });
    expect(journal.listOpen()).toEqual([]);
  });
});

describe("a process that is killed", () => {
  it("between saving and sending: the next one sends exactly the same transaction", async () => {
    const deaf = new JsonRpcProvider(embedded.rpcUrl, 31337, {
      staticNetwork: true,
      cacheTimeout: -1,
    });
    const send = deaf.send.bind(deaf);
    deaf.send = async (method, parameters) => {
      if (method === "eth_sendRawTransaction") throw new Error("killed");
      return send(method, parameters);
    };
    const dying = open({ rpc: deaf });
    const lost = dying.send(pay("settle/1/0")).catch((error: unknown) => error);
    await until(() => journal.listOpen().length === 1);
    dying.close();
    await lost;
    expect(await pendingHashes()).toEqual([]);

    const next = open();
    const resumed = next.resume();
    await until(async () => (await pendingHashes()).length === 1);
    const again = next.send(pay("settle/1/0"));
    await mine();
    await Promise.all([resumed, again]);

    expect(await balance()).toBe(5n);
    deaf.destroy();
  });

  it("between sending and receipt: nothing is sent twice, whether it was mined meanwhile or not", async () => {
    for (const isMinedMeanwhile of [false, true]) {
      const before = await balance();
      const dying = open();
      const lost = dying.send(pay(`open/${isMinedMeanwhile}`)).catch((error: unknown) => error);
      await until(async () => (await pendingHashes()).length === 1);
      dying.close();
      await lost;
      if (isMinedMeanwhile) await mine();

      const next = open();
      const resumed = next.resume();
      const again = isMinedMeanwhile ? undefined : next.send(pay(`open/${isMinedMeanwhile}`));
      await until(async () => isMinedMeanwhile || (await pendingHashes()).length === 1);
      if (!isMinedMeanwhile) await mine();
      await Promise.all([resumed, again]);

      expect((await balance()) - before).toBe(5n);
      expect(journal.listOpen()).toEqual([]);
    }
  });

  it("with its journal lost: the next nonce is free of what the node still holds", async () => {
    const dying = open();
    const lost = dying.send(pay("one")).catch((error: unknown) => error);
    await until(async () => (await pendingHashes()).length === 1);
    dying.close();
    await lost;
    journal = createMemoryJournal();

    const sending = open().send(pay("two", 7n));
    await until(async () => (await pendingHashes()).length === 2);
    await mine();
    await sending;

    expect(await balance()).toBe(12n);
  });

  it("while another program uses the key: it says that its nonce is gone instead of waiting for ever", async () => {
    const sending = open()
      .send(pay("mine"))
      .catch((error: unknown) => error);
    await until(async () => (await pendingHashes()).length === 1);
    const { nonce, attempts } = journal.listOpen()[0] as {
      nonce: number;
      attempts: readonly unknown[];
    };
    const foreign = (await new Wallet(account.privateKey, provider).sendTransaction({
      to: PAYEE,
      value: 1n,
      nonce,
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 10n ** 11n,
    })) as TransactionResponse;
    await mine();

    expect(attempts).toHaveLength(1);
    expect(await sending).toMatchObject({ code: "CW2209" });
    expect((await foreign.wait())?.status).toBe(1);
    expect(await balance()).toBe(1n);
  });
});
