import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import {
  readParticipant,
  registerParticipant,
} from "../../services/adapters/chain/projects/participant.ts";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { describeBonds, examineAggregator } from "../../services/aggregator/examine-aggregator.ts";
import { Examination, examinationSchema } from "../../services/command-line/diagnosis.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const POOR = `0x${"12".repeat(32)}`;

describe("the doctor of an aggregator", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket();
  });
  afterAll(() => market?.stop());

  /** What the doctor finds beyond the machine and the chain; the whole command is run by test/cli. */
  async function examine(chain: Chain, publicKey?: string) {
    const keyFile = join(market.folder, `${publicKey ?? "none"}.json`);
    if (publicKey !== undefined) {
      writeFileSync(keyFile, JSON.stringify({ publicKey, privateKey: "22".repeat(32) }));
    }
    const { signal } = new AbortController();
    const examination = new Examination({ signal, onProgress: () => {} });
    await examineAggregator(examination, { chain, keyFile, signal });
    const { data, isNegative } = examination.result();
    const { found } = examinationSchema.parse(data);
    const of = (part: string) => found.find((each) => each.part === part);
    const broken = found.filter(({ state }) => state === "broken").map(({ part }) => part);
    return { isNegative, of, broken };
  }

  it("finds nothing wrong with a registered, bonded aggregator that can be reached", async () => {
    const aggregator = market.of("aggregator");
    const { encryptionKey } = await readParticipant(aggregator, aggregator.account as string);
    const { isNegative, of, broken } = await examine(aggregator, encryptionKey.slice(2));

    expect(broken).toEqual([]);
    expect(isNegative).toBe(false);
    expect(of("encryption key")?.detail).toMatch(/as registered$/);
    expect(of("endpoint")?.detail).toMatch(/answers as this account$/);
    expect(of("bonds")?.detail).toBe("1 of 1 open projects bonded");
  });

  it("says that another encryption key, or none, opens nothing that was sealed to the registered one", async () => {
    const other = await examine(market.of("aggregator"), "33".repeat(32));
    const none = await examine(market.of("aggregator"));

    expect(other).toMatchObject({ isNegative: true, broken: ["encryption key"] });
    expect(none).toMatchObject({ isNegative: true, broken: ["encryption key"] });
    expect(none.of("encryption key")?.fix).toMatch(/backup/);
  });

  it("takes an account that never ran as it is, and says that it has no coins", async () => {
    const { rpcUrl, addresses } = market.of("owner");
    const poor = await connectChain({ rpcUrl, addresses, privateKey: POOR });

    const { of, broken } = await examine(poor);
    poor.close();

    expect(broken).toEqual(["balance"]);
    expect(of("balance")?.detail).toMatch(/^0 wei last for about 0 rounds/);
    expect(of("account")?.detail).toMatch(/not registered yet/);
    expect(of("encryption key")?.detail).toMatch(/first start makes it/);
    expect(of("endpoint")?.state).toBe("unknown");
    expect(of("bonds")?.detail).toBe("no open project names this account");
  });

  it("names an endpoint at which somebody else answers, and one where nobody does", async () => {
    const encryptionKey = `0x${"44".repeat(32)}`;
    const register = (name: string, endpoint: string) =>
      registerParticipant(market.of(name), {
        ...{ encryptionKey, endpoint },
        payoutAddress: market.of(name).account as string,
      });
    await register("stranger", market.gatewayUrl);
    await register("owner", "http://127.0.0.1:1");

    const others = await examine(market.of("stranger"), "44".repeat(32));
    const nobodys = await examine(market.of("owner"), "44".repeat(32));

    expect(others).toMatchObject({ isNegative: true, broken: ["endpoint"] });
    expect(others.of("endpoint")?.fix).toMatch(/--public-url/);
    expect(nobodys).toMatchObject({ isNegative: true, broken: ["endpoint"] });
  });

  it("says of nothing that it is well when there is no key", async () => {
    const { rpcUrl, addresses } = market.of("owner");
    const reader = await connectChain({ rpcUrl, addresses });

    const { of, broken } = await examine(reader);
    reader.close();

    expect(broken).toEqual([]);
    for (const part of ["account", "balance", "encryption key", "endpoint", "bonds"]) {
      expect(of(part)?.state).toBe("unknown");
    }
  });
});

describe("bonds", () => {
  const project = (bondWei: bigint, rewardToken: string) =>
    ({
      terms: { aggregators: ["0xA", "0xB"], aggregatorBondWei: 5n, rewardToken },
      bondsWei: [0n, bondWei],
    }) as unknown as Project;

  it("are missed when the account cannot deposit all that are not there yet, token by token", async () => {
    const projects = [
      project(5n, "0x1"),
      project(0n, "0x1"),
      project(0n, "0x1"),
      project(0n, "0x2"),
    ];
    const meansWei: Record<string, bigint> = { "0x1": 10n, "0x2": 5n };
    const describeWith = (means: Record<string, bigint>) =>
      describeBonds(projects, "0xb", async (token) => means[token] as bigint);

    await expect(describeWith(meansWei)).resolves.toMatch(/^1 of 4 .* deposits the others$/);
    await expect(describeWith({ ...meansWei, "0x1": 9n })).rejects.toMatchObject({
      code: "CW5012",
      message: expect.stringContaining("10 wei of 0x1"),
    });
    await expect(describeWith({ ...meansWei, "0x2": 4n })).rejects.toThrow(/5 wei of 0x2/);
  });
});
