import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { readParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { DEVELOPMENT_MNEMONIC } from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../../services/adapters/envelope/key-file.ts";
import { runReferee } from "../../services/owner/referee/referee-service.ts";
import { runWorker } from "../../services/worker/worker-service.ts";
import type { SmallMarket } from "./small-market.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import { expectAccounted, withSmallMarket } from "./small-market-checks.ts";

const envelope = createHpkeEnvelope();
const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 20);
const [referee, stranger] = [accounts[2], accounts[19]];

/** What a start with the wrong key says; it must end by itself. */
async function refusalOf(start: Promise<unknown>): Promise<string> {
  return start.then(
    () => "it started",
    (error: Error) => error.message,
  );
}

/** Puts somebody else's encryption keys in the place of an aggregator's own. @returns Puts them back. */
async function swapEncryptionKeys({ stateFolder }: AggregatorProcess): Promise<() => void> {
  const own = join(stateFolder, "encryption-key.json");
  const kept = join(stateFolder, "kept-key.json");
  copyFileSync(own, kept);
  rmSync(own);
  await loadEncryptionKeys(own, envelope);
  return () => copyFileSync(kept, own);
}

/** The project's referee, in a folder from before the development chain began anew: all addresses are the same again. */
async function refereeFromBefore(market: SmallMarket, folder: string): Promise<unknown> {
  const record = JSON.parse(readFileSync(join(folder, "referee", "referee-account.json"), "utf8"));
  const stateFolder = join(folder, "referee-before");
  mkdirSync(stateFolder);
  const before = { ...record, genesis: `0x${"ee".repeat(32)}` };
  writeFileSync(join(stateFolder, "referee-account.json"), JSON.stringify(before));
  return runReferee(
    {
      ...{ rpcUrl: market.embedded.rpcUrl, addresses: market.addresses, stateFolder },
      ...{ projectId: market.projectIds[0] as bigint, cacheFolder: join(folder, "cache") },
      privateKey: referee?.privateKey ?? "",
      openSets: () => Promise.reject(new Error("it has begun to work")),
      signal: AbortSignal.timeout(20_000),
    },
    () => {},
  );
}

it("an aggregator, a trainer and a referee that come back with somebody else's key or folder refuse to start, send nothing, and go on with their own", async () => {
  await withSmallMarket({ longestMs: 100_000, rounds: 1 }, async (market) => {
    const [primary] = market.aggregators as [AggregatorProcess];
    const trainerFolder = join(dirname(primary.stateFolder), "trainer-1");
    const refusals: string[] = [];
    const { promise: isTried, resolve, reject } = Promise.withResolvers<void>();
    market.onEvent(async ({ type, who }) => {
      if (who !== "primary" || type !== "updates-relayed" || refusals.length > 0) return;
      refusals.push("");
      try {
        await primary.kill();
        const COMMONWEIGHT_PRIVATE_KEY = stranger?.privateKey ?? "";
        refusals.push(await refusalOf(primary.start({ COMMONWEIGHT_PRIVATE_KEY })));
        const putBack = await swapEncryptionKeys(primary);
        refusals.push(await refusalOf(primary.start()));
        putBack();
        const { embedded, addresses, projectIds } = market;
        const cacheFolder = join(trainerFolder, "cache");
        const worker = runWorker(
          {
            ...{ rpcUrl: embedded.rpcUrl, addresses, cacheFolder, projectIds },
            ...{ privateKey: stranger?.privateKey ?? "", stateFolder: trainerFolder },
            encryptionKeys: await envelope.generateKeyPair(),
            ...{ join: {}, isRelayed: true, signal: AbortSignal.timeout(20_000) },
          },
          () => {},
        );
        refusals.push(await refusalOf(worker));
        refusals.push(await refusalOf(refereeFromBefore(market, dirname(primary.stateFolder))));
        await primary.start();
        resolve();
      } catch (error) {
        reject(error);
      }
    });

    await isTried;
    const project = await market.ended;

    expect(refusals).toEqual([
      "",
      expect.stringContaining("CW6550"),
      expect.stringContaining("CW5009"),
      expect.stringContaining("trainer-1/worker-account.json is of"),
      expect.stringContaining("that began with block 0xee"),
    ]);
    expect(existsSync(join(trainerFolder, "worker-account.json"))).toBe(true);
    expect(project.appliedRounds).toBe(1);
    // The stranger did nothing in anybody's name.
    const account = stranger?.address ?? "";
    expect((await readParticipant(market.chain, account)).registeredAt).toBe(0);
    expect(await market.chain.provider.getTransactionCount(account)).toBe(0);
    await expectAccounted(market);
  });
});
