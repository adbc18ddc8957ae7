import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerParticipant } from "../../services/adapters/chain/projects/participant.ts";
import {
  joinProject,
  leaveProject,
} from "../../services/adapters/chain/projects/project-trainer.ts";
import { submitUpdate } from "../../services/adapters/chain/rounds/round.ts";
import { approveVault, wrapNative } from "../../services/adapters/chain/tokens/token.ts";
import { TRAINER_GAS } from "../../services/worker/quote-project.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

describe("what a trainer is told before it joins", () => {
  let market: PlayedMarket;
  const samples = () => `${market.folder}/samples.csv`;
  const json = async (...args: string[]) => {
    const result = await commandLine([...args, "--json"], { folder: market.folder });
    return { ...result, data: JSON.parse(result.stdout || result.stderr) };
  };

  beforeAll(async () => {
    market = await startPlayedMarket();
  });
  afterAll(() => market?.stop());

  it("is an equal share while nothing is settled, and the time that a trial took", async () => {
    const { data, exitCode } = await json("worker", "quote", "1", "--data", samples());

    expect(exitCode).toBe(0);
    expect(data.record.pay).toMatchObject({ basis: "equal-shares", acceptedTrainers: 4 });
    expect(data.record.pay.perRoundWei).toBe("250000000000000000");
    expect(data.effort).toMatchObject({ steps: 8, measuredSteps: 8 });
    expect(data.effort.trainingSeconds).toBeGreaterThan(0);
    expect(data.effort.uploadBytes).toBeGreaterThan(39);
    expect(data.quote).toMatchObject({ rounds: 5, stakeWei: "100000000000000000" });
    expect(data.quote.breakEven.afterRounds).toBe(1);
  });

  it("is whether samples fit a project, and how a practice round with them goes", async () => {
    const { data, exitCode } = await json("worker", "fit", "1", "--data", samples());
    const text = await commandLine(["worker", "fit", "1", "--data", samples()], {
      folder: market.folder,
    });

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ isFit: true, samples: 240, modelFrom: "newest" });
    expect(data.practice).toMatchObject({ verdict: "accepted", trainedSamples: 168 });
    expect(data.practice.score).toBeGreaterThan(50);
    expect(text.stdout).toMatch(
      /^practice +score \d+ of 100, accepted: one round from the newest/m,
    );
  });

  it("is a report without practice for a manifest that nobody has posted", async () => {
    const args = ["--manifest", `${market.folder}/manifest.json`, "--data", samples()];
    const { data, exitCode } = await json("worker", "fit", ...args, "--no-practice");

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ isFit: true, modelFrom: null, practice: null });
  });

  it.each([
    { args: ["worker", "fit", "--data"], code: "CW4303" },
    { args: ["worker", "fit", "1", "--manifest", "m.json", "--data"], code: "CW4303" },
    { args: ["worker", "fit", "9", "--data"], code: "CW2201" },
  ])("is refused with $code by $args", async ({ args, code }) => {
    const { data, exitCode } = await json(...args, samples());

    expect(exitCode).toBe(3);
    expect(data.error.code).toBe(code);
  });

  it("is what rounds have paid once some are settled; one's own above others'", async () => {
    await market.playRound();
    await market.playRound();
    const account = market.of("trainer-2").account as string;
    const [{ data: others }, { data: own }] = await Promise.all([
      json("worker", "quote", "1"),
      json("worker", "quote", "1", "--account", account),
    ]);

    expect(others.record.pay).toMatchObject({ basis: "rounds", rounds: 2 });
    expect(others.record.pay.acceptedChance).toBeCloseTo(2 / 3);
    expect(others.record.roundSecondsFrom).toBe("measured");
    expect(others.effort).toBeNull();
    expect(own.record.pay).toMatchObject({ basis: "own-rounds", acceptedChance: 1 });
    expect(BigInt(own.quote.entryGasWei)).toBeLessThan(BigInt(others.quote.entryGasWei));
  });

  it("says no, with status 4, to a machine that costs more than the pay", async () => {
    const args = ["worker", "quote", "1", "--data", samples(), "--machine-hour", "900000000"];
    const result = await commandLine(args, { folder: market.folder });

    expect(result.exitCode).toBe(4);
    expect(result.stdout).toContain("break-even  never: a round costs more than it brings");
    expect(result.stdout).toContain(
      `paid in the token ${market.of("owner").addresses.wrappedNative}, the wrapped coin of this chain`,
    );
    expect(result.stdout).toContain("NOT WORTH IT: it is expected to cost more than it brings");
  });

  it("is that a model is not what the chain says, before anything is practised on it", async () => {
    const { data, exitCode } = await json("worker", "fit", "1", "--data", samples());

    expect(exitCode).toBe(3);
    expect(data.error.code).toBe("CW1151");
  });

  it("lists projects by what an hour is expected to bring, above the price that is wanted", async () => {
    const { data: all } = await json("worker", "projects");
    const { data: none } = await json("worker", "projects", "--min-hourly", "100000");

    expect(all.map(({ projectId }: { projectId: string }) => projectId)).toEqual(["1"]);
    expect(BigInt(all[0].record.perHourWei)).toBeGreaterThan(0n);
    expect(none).toEqual([]);
    const { stdout } = await commandLine(["worker", "projects", "--min-budget", "1000000"], {
      folder: market.folder,
    });
    expect(stdout).toContain("no project is open");
  });

  it("counts with gas that a trainer's transactions really take", async () => {
    const chain = market.of("stranger");
    const { projectId } = market;
    const stakeWei = 10n ** 17n;
    const participant = {
      encryptionKey: `0x${"22".repeat(32)}`,
      payoutAddress: market.of("deployer").account as string,
      endpoint: "",
    };
    const used: Record<string, bigint | undefined> = {
      register: (await registerParticipant(chain, participant)).gasUsed,
      wrap: (await wrapNative(chain, stakeWei)).gasUsed,
      approve: (await approveVault(chain, chain.addresses.wrappedNative, stakeWei))?.gasUsed,
      join: (await joinProject(chain, projectId, stakeWei)).gasUsed,
    };
    used.leave = (await leaveProject(market.of("trainer-3"), projectId)).gasUsed;
    const bundleCid = await market.openNext();
    const update = { projectId, roundIndex: 2, commitmentHash: `0x${"cc".repeat(32)}`, bundleCid };
    used.submit = (await submitUpdate(chain, update)).gasUsed;

    for (const [name, most] of Object.entries(TRAINER_GAS)) {
      expect(used[name], name).toBeLessThanOrEqual(most);
      expect(used[name], name).toBeGreaterThan(most / 2n);
    }
  });
});
