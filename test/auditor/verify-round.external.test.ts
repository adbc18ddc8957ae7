import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { BASE_FIELD, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { startAlteringNode } from "../cli/altering-node.ts";
import { type SmallMarket, startSmallMarket } from "../market/small-market.ts";
import {
  changeSettlement,
  hasVerifierPackages,
  runPython,
  type SettlementParts,
  VERIFIER_FOLDER,
  verifyMany,
  verifyRounds,
} from "./verify-round.ts";

/** A point that is one, too: only an equation can tell it from the other. */
const negate = (point: [bigint, bigint]) => {
  point[1] = BASE_FIELD - point[1];
};
const atPlace = (place: number, change: (value: bigint) => bigint) => (parts: SettlementParts) => {
  parts.proof.groth16[place] = change(parts.proof.groth16[place] as bigint);
};

/** One field of the settlement changed, and a check that has to fail for it. */
const CHANGES: Record<string, [check: string, change: (parts: SettlementParts) => void]> = {
  "another project": [
    "calldata",
    (parts) => {
      parts.projectId += 1n;
    },
  ],
  "another round": [
    "calldata",
    (parts) => {
      parts.roundIndex -= 1n;
    },
  ],
  "another reference": ["references", (parts) => negate(parts.reference)],
  "another pay gradient": ["references", (parts) => negate(parts.payGradient)],
  "another model": [
    "model before",
    (parts) => {
      parts.modelY = BASE_FIELD - parts.modelY;
    },
  ],
  "another last aggregate": [
    "model before",
    (parts) => {
      parts.aggregateY = BASE_FIELD - parts.aggregateY;
    },
  ],
  "trainers in another order": [
    "submissions",
    (parts) => {
      parts.trainers.reverse();
    },
  ],
  "one trainer fewer": [
    "submissions",
    (parts) => {
      parts.trainers.pop();
    },
  ],
  "another commitment": ["submissions", (parts) => negate(parts.commitments[1] as never)],
  "one commitment more": [
    "submissions",
    (parts) => {
      parts.commitments.push([1n, 2n]);
    },
  ],
  "a trainer left out": [
    "exclusions",
    (parts) => {
      parts.excludedMask = 8n;
    },
  ],
  "a reason for nothing": [
    "exclusions",
    (parts) => {
      parts.exclusionReasons = "0x02";
    },
  ],
  "another S": ["Gram proof", ({ proof }) => negate(proof.gram.S)],
  "another R": ["Gram proof", ({ proof }) => negate(proof.gram.R)],
  "another Q": ["Gram proof", ({ proof }) => negate(proof.gram.Q)],
  "another W": ["Gram proof", ({ proof }) => negate(proof.gram.W)],
  "a W off the curve": [
    "Gram proof",
    ({ proof }) => {
      proof.gram.W[1] ^= 1n;
    },
  ],
  "another mu": [
    "rule proof",
    ({ proof }) => {
      proof.gram.mu ^= 1n;
    },
  ],
  "another rhoA": [
    "Gram proof",
    ({ proof }) => {
      proof.gram.rhoA ^= 1n;
    },
  ],
  "another a": [
    "Gram proof",
    ({ proof }) => {
      proof.gram.a ^= 1n;
    },
  ],
  "another a'": [
    "Gram proof",
    ({ proof }) => {
      proof.gram.aInv ^= 1n;
    },
  ],
  "another s": [
    "Gram proof",
    ({ proof }) => {
      proof.gram.s ^= 1n;
    },
  ],
  "a scalar that is not reduced": [
    "statement",
    ({ proof }) => {
      proof.gram.rhoA += SCALAR_FIELD;
    },
  ],
  "another dummy": ["Gram proof", ({ proof }) => negate(proof.dummy)],
  "another hash of the matrix": [
    "rule proof",
    ({ proof }) => {
      proof.gramHash ^= 1n;
    },
  ],
  "a larger share": [
    "outcome",
    ({ proof }) => {
      proof.outcome[0] = (proof.outcome[0] ?? 0n) ^ 1n;
    },
  ],
  "something behind the last trainer": [
    "outcome",
    ({ proof }) => {
      proof.outcome[0] = (proof.outcome[0] ?? 0n) | (1n << 200n);
    },
  ],
  "no outcome": [
    "outcome",
    ({ proof }) => {
      proof.outcome = [];
    },
  ],
  "another aggregate": ["aggregate", ({ proof }) => negate(proof.aggregate)],
  "another A": ["rule proof", atPlace(1, (y) => BASE_FIELD - y)],
  "a B of another group": ["rule proof", atPlace(2, (x) => x ^ 1n)],
  "another C": ["rule proof", atPlace(7, (y) => BASE_FIELD - y)],
  "another file": [
    "model after",
    (parts) => {
      parts.newModelCid = parts.newModelCid.replace(/..$/, "00");
    },
  ],
};

describe.skipIf(!hasVerifierPackages)(
  "the verifier in Python, on the shared vectors [needs python3 with py_ecc, eth-abi, eth-hash and pycryptodome, or CW_PYTHON]",
  () => {
    it.each([
      ["gram-proof", "challenges and proofs"],
      ["round-verifier", "signals, both proofs and models"],
      ["payout", "payouts"],
      ["submissions", "hashes"],
      ["round-rule", "words"],
    ])("finds what %s.json has: %s", async (name) => {
      const folder = join(repositoryRoot, "test/vectors");
      const { stdout, stderr } = await runPython([
        join(repositoryRoot, "test/auditor/verify-round-vectors.py"),
        ...[VERIFIER_FOLDER, folder, name],
      ]);

      expect(stderr).toBe("");
      const file = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
      expect(Number(stdout)).toBe((file.cases ?? file.rounds ?? file).length);
    });
  },
);

describe.skipIf(!hasVerifierPackages)(
  "the verifier in Python [needs python3 with py_ecc, eth-abi, eth-hash and pycryptodome, or CW_PYTHON]",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "verify round "));
    let market: SmallMarket;
    let about: string[];
    /** Calldata of the second round's settlement, which has a last aggregate. */
    let calldata: string;

    beforeAll(async () => {
      // Settlements come with the next opening, but for the last.
      market = await startSmallMarket({ folder: join(folder, "market"), rounds: 3 });
      await market.ended;
      about = optionsOf(market.embedded.rpcUrl);
      const settlements = await readSettlements(market.chain, market.projectId);
      const hash = settlements.find(({ roundIndex }) => roundIndex === 1)?.transactionHash;
      const sent = await market.chain.provider.getTransaction(hash as string);
      calldata = sent?.data as string;
    });
    afterAll(async () => {
      await market?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const optionsOf = (rpcUrl: string) => [
      ...["--rpc-url", rpcUrl, "--market", market.addresses.market],
      ...["--project", String(market.projectId)],
    ];

    const asked = () => ({
      ...{ rpcUrl: market.embedded.rpcUrl, market: market.addresses.market },
      ...{ project: Number(market.projectId), round: 1 },
    });

    const verifyInput = (name: string, input: string) => {
      const path = join(folder, `${name.replaceAll(/\W/g, "-")}.hex`);
      writeFileSync(path, input);
      return verifyRounds([...about, "--round", "1", "--transaction-input", path]);
    };

    it("accepts every round of a market, with the key that is published", async () => {
      const key = join(repositoryRoot, "circuits/keys/trust-8.vkey.json");
      const { exitCode, report, failed, skipped } = await verifyRounds([...about, "--key", key]);

      expect({ exitCode, failed, skipped }).toEqual({ exitCode: 0, failed: [], skipped: [] });
      expect(report.isDevelopmentSetup).toBe(true);
      expect(report.rounds.map(({ round, state }) => [round, state])).toEqual([
        [0, "settled"],
        [1, "settled"],
        [2, "settled"],
      ]);
      expect(new Set(report.rounds.map(({ checks }) => checks.length)).size).toBe(1);
      const keyHash = await market.chain.verifier.getFunction("verifyingKeyHash")(1, 8);
      expect(report.checks.at(-1)?.detail).toContain(keyHash);
    });

    it("is told of another key, another project and a round that is not there", async () => {
      const other = join(repositoryRoot, "circuits/keys/trust-16.vkey.json");
      const script = join(VERIFIER_FOLDER, "verify_round.py");
      const [, , ...rest] = about;

      expect((await verifyRounds([...about, "--round", "0", "--key", other])).failed).toEqual([
        "verifying key",
      ]);
      for (const [words, message] of [
        [[...about, "--round", "9"], "has no round 9; it has opened 3"],
        [[...about, "--key", script], "is no verifying key of snarkjs"],
        [[...about, "--project", "2"], "there is no project 2"],
        [["--rpc-url", "http://127.0.0.1:1", ...rest], "did not answer eth_blockNumber"],
      ] as const) {
        const { exitCode, stderr } = await runPython([script, ...words]);
        expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
      }
      const help = await runPython([script, "--help"]);
      expect(help.stdout).toContain("--transaction-input");
    });

    it("accepts the settlement's own calldata", async () => {
      const { failed } = await verifyInput(
        "own",
        changeSettlement(calldata, () => {}),
      );

      expect(calldata.startsWith("0xac9650d8"), "a multicall").toBe(true);
      expect(failed).toEqual([]);
    });

    it("ends badly for changed calldata", async () => {
      const changed = changeSettlement(calldata, CHANGES["another s"]?.[1] as never);
      const { exitCode, failed, report } = await verifyInput("changed", changed);

      expect({ exitCode, failed, passed: report.passed }).toEqual({
        ...{ exitCode: 1, failed: ["Gram proof"], passed: false },
      });
    });

    it.each([1, 2, 3, 4])(
      "names what is wrong with each changed field, part %i of 4",
      async (part) => {
        const some = Object.entries(CHANGES).filter((_, index) => index % 4 === part - 1);
        const failed = await verifyMany(
          some.map(([, [, change]]) => ({ ...asked(), input: changeSettlement(calldata, change) })),
        );

        // A change that only others notice is shown with what they are called.
        const found = some.map(([name, [check]], index) => {
          const names = failed[index] ?? [];
          return [name, names.includes(check) ? check : names];
        });
        expect(found).toEqual(some.map(([name, [check]]) => [name, check]));
      },
    );

    it("names what is wrong when the chain tells something else than the proof", async () => {
      const { interface: abi } = market.chain.market;
      type Told = { topics: string[]; data: string };
      /** One event with other values: the first of its name that has this round (or version of the model), or of all. */
      const event =
        (name: string, change: (values: bigint[]) => void, round?: number) =>
        (method: string, result: unknown) => {
          if (method !== "eth_getLogs") return result;
          const { topicHash } = abi.getEvent(name) as { topicHash: string };
          const told = (result as Told[]).map((log) => ({ ...log }));
          const found = told.find(
            ({ topics }) =>
              topics[0] === topicHash &&
              (round === undefined || BigInt(topics[2] as string) === BigInt(round)),
          );
          if (found === undefined) throw new Error(`no ${name}`);
          const words = (found.data.slice(2).match(/.{64}/g) ?? []).map((word) =>
            BigInt(`0x${word}`),
          );
          change(words);
          found.data = `0x${words.map((word) => word.toString(16).padStart(64, "0")).join("")}`;
          return told;
        };
      /** What a call of a view answers, with one word's first bit changed. */
      const view =
        (signature: string, place: number) =>
        (method: string, result: unknown, params: readonly unknown[]) => {
          const { data } = (params[0] ?? {}) as { data?: string };
          if (method !== "eth_call" || !data?.startsWith(id(signature).slice(0, 10))) return result;
          const first = 2 + 64 * place;
          const told = String(result);
          const digit = Number.parseInt(told[first] as string, 16) ^ 1;
          return `${told.slice(0, first)}${digit.toString(16)}${told.slice(first + 1)}`;
        };
      const flip = (place: number) => (words: bigint[]) => {
        words.splice(place, 1, (words.at(place) as bigint) ^ 1n);
      };
      const lies: [check: string, lie: Parameters<typeof startAlteringNode>[1]][] = [
        ["terms", event("ProjectPosted", flip(25))],
        ["references", event("RoundOpened", flip(0), 1)],
        ["submissions", event("UpdatesSubmitted", flip(3), 1)],
        ["rule proof", event("TrainerJoined", flip(1))],
        ["budget", event("RoundSettled", flip(0), 1)],
        ["budget", event("RoundSettled", flip(1), 0)],
        ["outcome", event("RoundSettled", flip(5), 1)],
        ["payouts", event("RoundSettled", flip(-1), 1)],
        ["model after", event("ModelPublished", flip(1), 2)],
        ["model before", event("ModelPublished", flip(2), 1)],
        ["rolling hash", view("getRound(uint256)", 13)],
        ["setup", view("blindingBase()", 0)],
        [
          "settlement",
          (method, result) => {
            const { topicHash } = abi.getEvent("RoundSettled") as { topicHash: string };
            const again = (log: Told) =>
              log.topics[0] === topicHash && BigInt(log.topics[2] as string) === 1n
                ? [log, log]
                : [log];
            return method === "eth_getLogs" ? (result as Told[]).flatMap(again) : result;
          },
        ],
        [
          "aggregator",
          (method, result) =>
            method === "eth_getLogs"
              ? (result as Told[]).map((log) =>
                  log.topics[0] === abi.getEvent("RoundSettled")?.topicHash
                    ? { ...log, topics: [...log.topics.slice(0, 3), `0x${"1".padStart(64, "0")}`] }
                    : log,
                )
              : result,
        ],
      ];
      const nodes = await Promise.all(
        lies.map(([, lie]) => startAlteringNode(market.embedded.rpcUrl, lie)),
      );
      const failed = await verifyMany(nodes.map(({ url }) => ({ ...asked(), rpcUrl: url })));
      for (const node of nodes) node.stop();

      const found = lies.map(([check], index) =>
        failed[index]?.includes(check) ? check : failed[index],
      );
      expect(found).toEqual(lies.map(([check]) => check));
    });
  },
);
