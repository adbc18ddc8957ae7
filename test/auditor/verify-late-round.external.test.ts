import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Interface } from "ethers";
import hre from "hardhat";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { developmentPtau } from "../../scripts/circuits/development-ptau.ts";
import { DEVELOPMENT_SECRETS } from "../../scripts/circuits/development-secrets.ts";
import type { VerifierSetup } from "../../services/adapters/chain/deploy.ts";
import { closeSnarkThreads } from "../../services/adapters/snark/snark-threads.ts";
import type { G1Point } from "../../services/protocol/curve.ts";
import { commitmentHash, unopened } from "../../services/protocol/market/submissions.ts";
import {
  type Cast,
  castOf,
  type MarketChain,
  openMarketChain,
  SOME_CID,
  somePoint,
  someTerms,
  storedCoordinates,
} from "../integration/market-chain.ts";
import { settleNaively } from "../integration/settle-naively.ts";
import { DEVELOPMENT_TAU_G2, VERIFIER_KEYS } from "../integration/verifier-rounds.ts";
import { hasVerifierPackages, verifyRounds } from "./verify-round.ts";

const slots = 16;
const trainerCount = slots - 3;
const EXCLUDED = 5;
const BUNDLE_NOT_FOUND = "0x02";
/** A reveal phase of a minute and ten minutes of the primary's, as the terms have it: then it is the standby's turn. */
const REVEAL_AND_FIRST_TURN = 660;
const ether = 10n ** 18n;

/** The real verifier, under a key whose secret the test knows: so a round with any outcome can be proven. */
async function testSetup(): Promise<VerifierSetup> {
  const key = VERIFIER_KEYS.find((each) => each.slots === slots);
  if (key === undefined) throw new Error("no key");
  const { abi, bytecode } = await hre.artifacts.readArtifact("FixedKey");
  const args = new Interface(abi as never).encodeDeploy([key.ruleId, key.slots, key.points]);
  return {
    tauG2: DEVELOPMENT_TAU_G2,
    isDevelopment: true,
    label: "test",
    checksum: `0x${"00".repeat(32)}`,
    keys: [{ name: "FixedKey", bytecode: bytecode + args.slice(2) }],
  };
}

/** A simulated chain as a node behind a URL. */
async function serve({ provider }: MarketChain): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id, method, params } = JSON.parse(body) as {
      id: number;
      method: string;
      params: unknown[];
    };
    const answer = await provider.send(method, params).then(
      (result) => ({ result }),
      (error: Error) => ({ error: { code: -32000, message: error.message } }),
    );
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!hasVerifierPackages)(
  "the verifier in Python, of a project in which not everything goes well [needs python3 with py_ecc, eth-abi, eth-hash and pycryptodome, or CW_PYTHON]",
  () => {
    let chain: MarketChain;
    let cast: Cast;
    let node: Awaited<ReturnType<typeof serve>>;

    /** What the market must ask the verifier, written down from the terms and not from the market. */
    async function provenRound(options: {
      roundIndex: bigint;
      aggregator: string;
      accepted: readonly number[];
      excluded: readonly number[];
    }) {
      const { roundIndex, aggregator, accepted, excluded } = options;
      const inactive = [2, ...excluded];
      const mask = inactive.reduce((rest, slot) => rest & ~(1n << BigInt(slot)), (1n << 16n) - 1n);
      const baseWeights = Array.from({ length: trainerCount }, (_, i) =>
        excluded.includes(i + 3) ? 0n : 1023n << BigInt(96 + 10 * i),
      );
      return settleNaively({
        slots,
        inactive,
        weights: Array.from({ length: slots }, (_, slot) => (accepted.includes(slot) ? 512n : 0n)),
        statement: {
          market: await chain.market.getAddress(),
          ...{ projectId: 1n, roundIndex, aggregator, modelCommitment: somePoint(1n) },
          termsWords: [baseWeights.reduce((word, weight) => word | weight, mask | (1n << 72n))],
        },
      });
    }

    async function playRound(options: {
      roundIndex: bigint;
      settler: Cast["primary"];
      accepted: readonly number[];
      excluded?: readonly number[];
      waits?: number;
    }) {
      const { roundIndex, settler, accepted, excluded = [], waits } = options;
      const about = { roundIndex, aggregator: settler.address, accepted };
      // All vectors are committed; the one that is left out is so only in what is proven.
      const { commitments } = (await provenRound({ ...about, excluded: [] })).statement;
      const { proof } = await provenRound({ ...about, excluded });
      const ids = { projectId: 1n, roundIndex };
      const points = {
        referenceCommitment: commitments[0],
        payGradientCommitment: commitments[1],
      };
      await chain.send(cast.primary, chain.market, "openRound", [
        {
          ...{ ...ids, ...points, referenceCid: SOME_CID, payGradientCid: SOME_CID },
          ...{ jobCid: "0x", refereeSignature: "0x" },
        },
      ]);
      const hashes = cast.trainers.map(({ address }, index) =>
        commitmentHash(address, commitments[3 + index] as G1Point),
      );
      for (const [index, trainer] of cast.trainers.entries()) {
        const args = [1n, roundIndex, hashes[index], SOME_CID];
        await chain.send(trainer, chain.market, "submitUpdate", args);
      }
      if (waits) await chain.passTime(waits);
      await chain.send(settler, chain.market, "settleRound", [
        {
          ...{ ...ids, ...points, ...(await storedCoordinates(chain, 1n)), proof },
          trainers: cast.trainers.map(({ address }) => address),
          commitments: hashes.map((hash, index) =>
            excluded.includes(index + 3) ? unopened(hash) : commitments[3 + index],
          ),
          excludedMask: excluded.reduce((mask, slot) => mask | (1 << slot), 0),
          exclusionReasons: excluded.length > 0 ? BUNDLE_NOT_FOUND : "0x",
          newModelCid: SOME_CID,
        },
      ]);
    }

    beforeAll(async () => {
      chain = await openMarketChain(testSetup);
      cast = await castOf(chain, trainerCount);
      const { owner, primary, standby } = cast;
      const terms = someTerms(
        {
          token: await chain.token.getAddress(),
          referee: primary.address,
          aggregators: [primary.address, standby.address, owner.address],
        },
        { slots, openSeconds: 6000 },
      );
      const posting = [terms, somePoint(1n), SOME_CID, SOME_CID];
      await chain.send(owner, chain.market, "postProject", posting);
      for (const aggregator of [primary, standby]) {
        await chain.send(aggregator, chain.market, "bondAggregator", [1n]);
      }
      for (const trainer of cast.trainers) {
        await chain.send(trainer, chain.market, "joinProject", [1n, terms.stakeWei]);
      }
      await playRound({ roundIndex: 0n, settler: primary, accepted: [] });
      await chain.send(owner, chain.market, "addBudget", [1n, 7n * ether + 3n]);
      await playRound({
        ...{ roundIndex: 1n, settler: standby, accepted: [3, 4], excluded: [EXCLUDED] },
        waits: REVEAL_AND_FIRST_TURN,
      });
      node = await serve(chain);
    });
    afterAll(async () => {
      node?.server.closeAllConnections();
      node?.server.close();
      await chain?.close();
    });

    it("accepts a void round, and one that a standby settled without one update, with what the primary's bond pays", async () => {
      const args = ["--rpc-url", node.url, "--market", await chain.market.getAddress()];
      const { exitCode, report, failed, skipped } = await verifyRounds([...args, "--project", "1"]);
      const detailOf = (round: number, name: string) =>
        report.rounds[round]?.checks.find((check) => check.name === name)?.detail;

      expect({ exitCode, failed, skipped }).toEqual({ exitCode: 0, failed: [], skipped: [] });
      expect(report.rounds).toHaveLength(2);
      expect(detailOf(0, "outcome")).toBe("void: 13 accepted");
      expect(detailOf(0, "payouts")).toMatch(/^0 to 0 trainers/);
      expect(detailOf(1, "outcome")).toBe("applied: 12 accepted");
      expect(detailOf(1, "exclusions")).toBe("1 left out, as announced");
      const budget = (((10_007n * ether + 3n) / 10n) * 12n) / 13n;
      expect(detailOf(1, "budget")).toContain(`${budget} to pay from`);
      const half = (400n * ether) / 2n;
      expect(detailOf(1, "payouts")).toContain(
        `to 12 trainers, ${half / 12n} each out of forfeited bonds`,
      );
    });

    it("compares the power of tau with a ceremony's file", async () => {
      const folder = mkdtempSync(join(tmpdir(), "powers of tau "));
      const [own, other] = [join(folder, "own.ptau"), join(folder, "other.ptau")];
      writeFileSync(own, await developmentPtau(5, DEVELOPMENT_SECRETS));
      writeFileSync(other, await developmentPtau(5, { ...DEVELOPMENT_SECRETS, tau: 5n }));
      await closeSnarkThreads();
      const about = ["--rpc-url", node.url, "--market", await chain.market.getAddress()];
      const verify = (path: string) =>
        verifyRounds([...about, "--project", "1", "--round", "1", "--powers", path]);

      const { failed, report } = await verify(own);
      expect(failed).toEqual([]);
      const setup = report.checks.find(({ name }) => name === "setup");
      expect(setup?.detail).toMatch(/, as published$/);
      expect((await verify(other)).failed).toEqual(["setup"]);

      writeFileSync(other, readFileSync(own).subarray(0, 4300));
      await expect(verify(other)).rejects.toThrow("is no powers-of-tau file");
      rmSync(folder, { recursive: true });
    });
  },
);
