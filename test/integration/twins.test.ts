import { type Contract, TypedDataEncoder, Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compactSignature, updateTypes } from "../../services/adapters/chain/sign.ts";
import {
  decodeSubmittedUpdates,
  encodeUpdateBatch,
} from "../../services/adapters/chain/update-batch.ts";
import { seededRandom } from "../../services/learning/random.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { toHex } from "../../services/protocol/hex.ts";
import { budgetForReadable, roundPayouts } from "../../services/protocol/market/payout.ts";
import {
  openTurn,
  phaseAt,
  ROUND_PHASES,
  settleTurn,
} from "../../services/protocol/market/phases.ts";
import {
  RELIABILITY_HALF_LIFE_SECONDS,
  reliabilityAt,
  reliabilityOutcome,
  updatedReliability,
} from "../../services/protocol/market/reliability.ts";
import { sampledCandidates } from "../../services/protocol/market/sampling.ts";
import { submissionsHash } from "../../services/protocol/market/submissions.ts";
import {
  packOutcome,
  packTerms,
  publicSignals,
} from "../../services/protocol/round/public-signals.ts";
import { VERDICTS, verdictOf } from "../../services/protocol/rule/verdicts.ts";
import { type MarketChain, openMarketChain, somePoint } from "./market-chain.ts";

const CASES = process.env.CW_LONG === undefined ? 40 : 4000;
const TIMEOUT_MS = process.env.CW_LONG === undefined ? 180_000 : 600_000;

let chain: MarketChain;
let twins: Contract;

beforeAll(async () => {
  chain = await openMarketChain(async (deploy) => (await deploy("ScriptedVerifier")).getAddress());
  twins = await chain.deploy("Twins");
});
afterAll(() => chain.close());

// biome-ignore lint/suspicious/noExplicitAny: whatever the function returns
const ask = (method: string, ...args: unknown[]): Promise<any> =>
  twins.getFunction(method).staticCall(...args);

/** Numbers to try: as often as not one at which something changes. */
function drawing(seed: string) {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const word = () =>
    Array.from({ length: 8 }, () => BigInt(below(2 ** 32))).reduce(
      (all, part) => (all << 32n) | part,
      0n,
    );
  return {
    below,
    word,
    chance: () => random() < 0.5,
    /** From 0 to `most`. */
    upTo: (most: bigint) => {
      const edge = [0n, 1n, most, most - 1n, most / 2n][below(10)] ?? -1n;
      return edge >= 0n && edge <= most ? edge : word() % (most + 1n);
    },
    one: <T>(list: readonly T[]) => list[below(list.length)] as T,
  };
}
type Drawing = ReturnType<typeof drawing>;

/** Calls the case with draws of its own, again and again, so that one that fails can be repeated by its number. */
async function each(name: string, tryCase: (draw: Drawing) => Promise<void>): Promise<void> {
  for (let index = 0; index < CASES; index++) {
    const seed = `${name}/${index}`;
    await tryCase(drawing(seed)).catch((cause) => {
      throw new Error(`case ${seed}`, { cause });
    });
  }
}

const SLOTS = [8, 16, 32];

/** An outcome that no circuit needs to give, but that the words can carry: shares sum to at most the whole. */
function someOutcome(draw: Drawing, count: number) {
  let left = 65_535;
  const trainers = Array.from({ length: count }, () => {
    const verdict = draw.chance() ? "accepted" : draw.one(VERDICTS);
    const share = verdict === "accepted" ? Number(draw.upTo(BigInt(left))) : 0;
    left -= share;
    return { verdict, share, weight: verdict === "accepted" ? draw.below(1024) : 0 };
  });
  return {
    verdicts: trainers.map(({ verdict }) => verdict),
    shares: trainers.map(({ share }) => share),
    weights: trainers.map(({ weight }) => weight),
  };
}

describe("a rule that contracts and programs both have says the same in both", () => {
  it("of what a round pays", { timeout: TIMEOUT_MS }, () =>
    each("pay", async (draw) => {
      const most = draw.one(SLOTS) - 3;
      const submitted = 1 + draw.below(most);
      const outcome = someOutcome(draw, submitted);
      const active = outcome.verdicts.reduce(
        (mask, verdict, index) => mask | (BigInt(verdict !== "inactive") << BigInt(index)),
        0n,
      );
      const readable = outcome.verdicts.filter((verdict) => verdict !== "inactive").length;
      const budgetWei = draw.upTo(2n ** 96n - 1n);
      const flatBps = Number(draw.upTo(10_000n));
      const capBps = Math.max(1, Number(draw.upTo(10_000n)));

      const [forReadable, pays] = await ask(
        "pay",
        budgetWei,
        [readable, submitted],
        [flatBps, capBps],
        packOutcome(outcome),
        active,
      );

      expect(forReadable).toBe(budgetForReadable(budgetWei, readable, submitted));
      if (outcome.weights.every((weight) => weight === 0)) return;
      const own = roundPayouts({ budgetWei: forReadable, flatBps, capBps, outcome });
      expect([...pays]).toEqual(own.payoutsWei);
      expect(own.remainderWei).toBeGreaterThanOrEqual(0n);
    }),
  );

  it("of reliability", { timeout: TIMEOUT_MS }, () =>
    each("score", async (draw) => {
      const score = Number(draw.upTo(65_535n));
      const halfLives = draw.below(20) * RELIABILITY_HALF_LIFE_SECONDS;
      const elapsed = draw.one([
        halfLives,
        halfLives + 1,
        Math.max(0, halfLives - 1),
        Number(draw.upTo(2n ** 32n - 1n)),
        draw.below(10_000_000),
      ]);
      const code = draw.below(VERDICTS.length);
      const outcome = reliabilityOutcome(verdictOf(code) as (typeof VERDICTS)[number]);

      const [decayed, afterwards, isOutcome] = await ask("rate", score, elapsed, code);

      const before = { score, updatedAt: 0 };
      expect(Number(decayed)).toBe(reliabilityAt(before, elapsed));
      expect(Number(afterwards)).toBe(updatedReliability(before, outcome, elapsed).score);
      expect(isOutcome).toBe(outcome !== "none");
    }),
  );

  it("of who is drawn", { timeout: TIMEOUT_MS }, () =>
    each("draw", async (draw) => {
      const places = Array.from({ length: 40 }, (_, place) => place).filter(() => draw.chance());
      const reliabilities = Array.from({ length: 40 }, () => Number(draw.upTo(65_535n)));
      if (places.length < 2) return;
      const draws = 1 + draw.below(places.length - 1);
      const [seed, projectId, roundIndex] = [draw.word(), draw.word(), draw.upTo(65_535n)];
      const mask = places.reduce((all, place) => all | (1n << BigInt(place)), 0n);

      const drawn = await ask("draw", mask, reliabilities, draws, seed, projectId, roundIndex);

      const own = sampledCandidates({
        ...{ seed, projectId, roundIndex, places: draws },
        reliabilities: places.map((place) => reliabilities[place] as number),
      }).map((index) => places[index] as number);
      expect(drawn).toBe(own.reduce((all, place) => all | (1n << BigInt(place)), 0n));
    }),
  );

  it("of the phase, at each boundary and beside it", { timeout: TIMEOUT_MS }, () =>
    each("phase", async (draw) => {
      const seconds = () => 10 + Number(draw.upTo(90n * 86_400n));
      const clock = {
        ...{ isEnded: draw.below(10) === 0, isRoundOpen: draw.chance(), hasEnough: draw.chance() },
        ...{ waitingSince: Number(draw.upTo(2n ** 32n - 1n)) },
        ...{
          commitClosesAt: Number(draw.upTo(2n ** 32n - 1n)),
          aggregatorCount: 1 + draw.below(3),
        },
        ...{ openSeconds: seconds(), revealSeconds: seconds(), settleSeconds: seconds() },
      };
      const { waitingSince, commitClosesAt, openSeconds, revealSeconds, settleSeconds } = clock;
      const turns = draw.below(5);
      const edge = draw.one([
        waitingSince + turns * openSeconds,
        commitClosesAt,
        commitClosesAt + revealSeconds + turns * settleSeconds,
        Number(draw.upTo(2n ** 33n)),
      ]);
      const now = Math.max(0, edge + draw.one([-1, 0, 1]));

      const [phase, endsAt, open, settle] = await ask("tellPhase", clock, now);

      expect({ phase: ROUND_PHASES[Number(phase)], endsAt: Number(endsAt) }).toEqual(
        phaseAt(clock, now),
      );
      expect([Number(open), Number(settle)]).toEqual([
        openTurn(clock, now),
        settleTurn(clock, now),
      ]);
    }),
  );

  it("of signed updates on their way and as they are told", { timeout: TIMEOUT_MS }, () =>
    each("updates", async (draw) => {
      const domain = { ...{ name: "Commonweight", version: "1", chainId: 31337n } };
      const [projectId, roundIndex] = [draw.word(), draw.word()];
      const wallets = Array.from(
        { length: draw.below(6) },
        () => new Wallet(`0x${(1n + (draw.word() >> 4n)).toString(16).padStart(64, "0")}`),
      );
      const updates = await Promise.all(
        wallets.map(async (wallet) => {
          const length = Number(draw.upTo(96n));
          const bundleCid = Uint8Array.from({ length }, () => draw.below(256));
          const commitmentHash = `0x${draw.word().toString(16).padStart(64, "0")}`;
          const value = { projectId, roundIndex, commitmentHash, bundleCid };
          const signature = compactSignature(
            await wallet.signTypedData(domain, updateTypes, value),
          );
          return { trainer: wallet.address.toLowerCase(), commitmentHash, bundleCid, signature };
        }),
      );
      const batch = encodeUpdateBatch(
        updates.map(({ signature, ...rest }) => ({ ...rest, ...signature })),
      );

      const separator = TypedDataEncoder.hashDomain(domain);
      const told = await ask("relay", toHex(batch), separator, projectId, roundIndex);

      expect(decodeSubmittedUpdates(Buffer.from(told.slice(2), "hex"))).toEqual(
        updates.map(({ trainer, commitmentHash, bundleCid }) => ({
          ...{ trainer, commitmentHash },
          bundleCid: Buffer.from(bundleCid),
        })),
      );
      if (batch.length === 0) return;
      const cut = batch.subarray(0, draw.below(batch.length));
      const boundaries = [0];
      for (const { bundleCid } of updates) {
        boundaries.push((boundaries.at(-1) as number) + 97 + bundleCid.length);
      }
      const asked = ask("relay", toHex(cut), separator, projectId, roundIndex);
      if (boundaries.includes(cut.length)) await asked;
      else await expect(asked).rejects.toThrow();
    }),
  );

  it("of the hash over a round's submissions", { timeout: TIMEOUT_MS }, () =>
    each("submissions", async (draw) => {
      const point = () =>
        draw.below(5) === 0 ? { x: 0n, y: 0n } : { x: draw.word(), y: draw.word() };
      const [reference, payGradient] = [point(), point()];
      const projectId = draw.upTo(2n ** 256n - 1n);
      const roundIndex = Number(draw.upTo(65_535n));
      const submissions = Array.from({ length: draw.below(30) }, () => ({
        trainer: `0x${draw
          .upTo(2n ** 160n - 1n)
          .toString(16)
          .padStart(40, "0")}`,
        commitmentHash: `0x${draw
          .upTo(2n ** 256n - 1n)
          .toString(16)
          .padStart(64, "0")}`,
      }));

      const hash = await ask(
        "hashSubmissions",
        ...[projectId, roundIndex, reference, payGradient],
        submissions.map(({ trainer }) => trainer),
        submissions.map(({ commitmentHash }) => commitmentHash),
      );

      const market = await twins.getAddress();
      expect(hash).toBe(
        submissionsHash({
          ...{ chainId: 31337n, market, projectId, roundIndex },
          ...{ reference, payGradient, submissions },
        }),
      );
    }),
  );

  it("of terms and public signals", { timeout: TIMEOUT_MS }, () =>
    each("signals", async (draw) => {
      const slotCount = draw.one(SLOTS);
      const active = Array.from({ length: slotCount }, (_, slot) => slot === 0 || draw.chance());
      const baseWeights = active
        .slice(3)
        .map((isActive) => (isActive ? 1 + Number(draw.upTo(1022n)) : 0));
      const terms = {
        ...{ slotCount, active, baseWeights },
        normBoundSquared: 1n + draw.upTo(2n ** 54n - 2n),
        parameterA: draw.below(32),
        parameterB: draw.below(32),
      };
      const own = packTerms(terms);
      const packed = (weights: readonly number[]) =>
        weights.reduceRight((bits, weight) => (bits << 10n) | BigInt(weight), 0n);
      const mask = active.reduce((all, isOn, slot) => all | (BigInt(isOn) << BigInt(slot)), 0n);

      expect([
        ...(await ask(
          "packTerms",
          ...[slotCount, mask, terms.normBoundSquared, [terms.parameterA, terms.parameterB]],
          [packed(baseWeights.slice(0, 15)) << 96n, packed(baseWeights.slice(15))],
        )),
      ]).toEqual(own);
      const outcomeWords = packOutcome(someOutcome(draw, slotCount - 3));
      const [mu, alpha] = [draw.upTo(SCALAR_FIELD - 1n), draw.upTo(SCALAR_FIELD - 1n)];
      const [folded] = publicSignals({
        ...{ outcomeWords, termsWords: own, mu, alpha, gramHash: 0n },
      });
      expect(await ask("fold", outcomeWords, own, mu, alpha)).toBe(folded);
    }),
  );

  it("of points in one word", { timeout: TIMEOUT_MS }, () =>
    each("points", async (draw) => {
      const point = draw.below(8) === 0 ? { x: 0n, y: 0n } : somePoint(BigInt(draw.below(10_000)));

      const wholes = await ask("packPoint", point);

      for (const { x, y } of wholes)
        expect({ x, y }).toEqual({ x: BigInt(point.x), y: BigInt(point.y) });
    }),
  );
});
