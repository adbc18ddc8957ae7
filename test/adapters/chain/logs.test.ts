import { describe, expect, it } from "vitest";
import { cidToBytes } from "../../../services/adapters/chain/cid-bytes.ts";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { ModelLog } from "../../../services/adapters/chain/rounds/model-log.ts";
import { RoundLog } from "../../../services/adapters/chain/rounds/round-log.ts";

const cid = cidToBytes("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
/** Trainer, hash and CID, each of some bytes. */
const submittedUpdate = Uint8Array.of(...new Uint8Array(52).fill(1), cid.length, ...cid);
const point = (x: bigint) => ({ x, y: 1n });

const MARKET = `0x${"aa".repeat(20)}`;

interface SomeEvent {
  readonly address?: string;
  readonly removed?: boolean;
  readonly name: string;
  readonly blockNumber: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A node with these events at block 25,000, which says what blocks it was asked for. */
function nodeWith(events: readonly SomeEvent[], isLatestRefused = false) {
  const asked: string[] = [];
  const chain = {
    addresses: { deployBlock: 100, market: MARKET },
    provider: { getBlockNumber: async () => 25_000 },
    market: {
      interface: { encodeFilterTopics: () => [] },
      getEvent:
        (name: string) =>
        (_projectId: bigint, roundIndex: number | null = null) => ({ name, roundIndex }),
      queryFilter: async (
        { name, roundIndex }: { name: string; roundIndex: number | null },
        from: number,
        to: number | "latest",
      ) => {
        asked.push(`${name} ${from}-${to}`);
        if (to === "latest" && isLatestRefused) throw new Error("more than 10,000 blocks");
        return events
          .map((each) => ({ address: MARKET, ...each }))
          .filter(
            (each) =>
              each.name === name &&
              (roundIndex === null || each.args.roundIndex === roundIndex) &&
              each.blockNumber >= from &&
              (to === "latest" || each.blockNumber <= to),
          );
      },
    },
  } as unknown as Chain;
  return { chain, asked };
}

const opening = (roundIndex: number, blockNumber: number): SomeEvent => ({
  name: "RoundOpened",
  blockNumber,
  args: {
    roundIndex,
    referenceCommitment: point(1n),
    payGradientCommitment: point(2n),
    ...{ referenceCid: cid, payGradientCid: cid, jobCid: cid },
  },
});
const submission = (roundIndex: number, slot: number, blockNumber: number): SomeEvent => ({
  name: "UpdatesSubmitted",
  blockNumber,
  args: { roundIndex, firstSlot: slot, updates: submittedUpdate },
});
const model = (version: number, blockNumber: number): SomeEvent => ({
  name: "ModelPublished",
  blockNumber,
  args: { modelVersion: version, roundIndex: 0, commitment: point(BigInt(version)), cid },
});

describe("a node that answers with what nobody asked for", () => {
  it.each([
    ["logs of another contract", { address: `0x${"bb".repeat(20)}` }],
    ["logs that were taken back", { removed: true }],
  ])("is refused: %s", async (_, lie) => {
    const { chain } = nodeWith([{ ...opening(4, 21_000), ...lie }]);

    await expect(new RoundLog(chain, 1n).opening(4)).rejects.toMatchObject({ code: "CW2207" });
  });
});

describe("the log of rounds", () => {
  it("is searched from the market's beginning once, then from the round's opening and from the one before", async () => {
    const { chain, asked } = nodeWith([
      opening(4, 21_000),
      submission(4, 4, 21_010),
      submission(4, 3, 21_020),
      opening(5, 22_500),
    ]);
    const log = new RoundLog(chain, 1n);

    expect((await log.submissions(4)).map(({ slot }) => slot)).toEqual([3, 4]);
    expect(asked.splice(0)).toEqual([
      "RoundOpened 100-10099",
      "RoundOpened 10100-20099",
      "RoundOpened 20100-25000",
      "UpdatesSubmitted 20000-latest",
    ]);
    expect(await log.opening(5)).toMatchObject({ blockNumber: 22_500 });
    await log.revealedKeys(5);
    expect(asked.splice(0)).toEqual(["RoundOpened 20000-latest", "KeyRevealed 21500-latest"]);
  });

  it("is searched a part at a time when there are more blocks than a node answers for at once", async () => {
    const { chain, asked } = nodeWith([opening(4, 21_000), submission(4, 3, 21_010)], true);
    const log = new RoundLog(chain, 1n);
    await log.opening(4);
    asked.splice(0);

    expect(await log.submissions(4)).toHaveLength(1);

    expect(asked).toEqual(["UpdatesSubmitted 20000-latest", "UpdatesSubmitted 20000-25000"]);
  });

  it("answers with what was read ahead once, and only for that round", async () => {
    const events = [opening(4, 21_000), submission(4, 3, 21_010)];
    const { chain, asked } = nodeWith(events);
    const log = new RoundLog(chain, 1n);
    await log.opening(4);
    asked.splice(0);

    log.readAhead(4, ["submissions", "revealedKeys"]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(asked.splice(0)).toEqual(["UpdatesSubmitted 20000-latest", "KeyRevealed 20000-latest"]);
    events.push(submission(4, 4, 21_020));
    expect(await log.submissions(4)).toHaveLength(1);
    expect(await log.revealedKeys(4)).toEqual([]);
    expect(asked.splice(0)).toEqual([]);
    expect(await log.submissions(4)).toHaveLength(2);
    log.readAhead(4, ["submissions"]);
    expect(await log.submissions(5)).toEqual([]);
    // What was read ahead for one step is not the next one's.
    log.readAhead(4, []);
    events.push(submission(4, 5, 21_030));
    expect(await log.submissions(4)).toHaveLength(3);
  });

  it("fails for whoever asks when reading ahead has failed, and is asked again after that", async () => {
    const { chain } = nodeWith([opening(4, 21_000), submission(4, 3, 21_010)]);
    const log = new RoundLog(chain, 1n);
    await log.opening(4);
    const { market } = chain as unknown as { market: { queryFilter: unknown } };
    const queryFilter = market.queryFilter;
    market.queryFilter = async () => {
      throw new Error("away");
    };
    log.readAhead(4, ["submissions"]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    market.queryFilter = queryFilter;

    await expect(log.submissions(4)).rejects.toThrow();
    expect(await log.submissions(4)).toHaveLength(1);
  });

  it("of an earlier round is searched from the beginning", async () => {
    const { chain, asked } = nodeWith([opening(4, 21_000), submission(1, 3, 150)]);
    const log = new RoundLog(chain, 1n);
    await log.opening(4);
    asked.splice(0);

    expect(await log.submissions(1)).toHaveLength(1);

    expect(asked[0]).toBe("UpdatesSubmitted 100-10099");
  });
});

describe("the log of models", () => {
  it("is searched again when the project has another model, and not otherwise", async () => {
    const { chain, asked } = nodeWith([model(0, 200), model(1, 300)]);
    const log = new ModelLog(chain, 1n);

    expect(await log.read({ modelCommitment: point(1n) })).toHaveLength(2);
    asked.splice(0);
    expect(await log.read({ modelCommitment: point(1n) })).toHaveLength(2);
    expect(asked).toEqual([]);
    await log.read({ modelCommitment: point(2n) });

    expect(asked[0]).toBe("ModelPublished 100-10099");
  });

  it("of a node that does not know the newest model yet is not remembered", async () => {
    const { chain, asked } = nodeWith([model(0, 200)]);
    const log = new ModelLog(chain, 1n);
    await log.read({ modelCommitment: point(1n) });
    asked.splice(0);

    expect(await log.read({ modelCommitment: point(0n) })).toHaveLength(1);

    expect(asked).not.toEqual([]);
  });
});
