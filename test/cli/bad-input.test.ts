import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Interface } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { createKeystore } from "../../services/adapters/chain/accounts/keystore.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { startAlteringNode } from "./altering-node.ts";
import { commandLine } from "./command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "./played-market.ts";

/** One thing that somebody gets wrong. `FOLDER` and `TRAINER` are filled in. */
interface Mistake {
  readonly what: string;
  readonly args: string;
  /** Whose key, or a key of its own. */
  readonly as?: string;
  readonly password?: string;
  readonly exitCode: number;
  readonly says: string | RegExp;
}

const DATA = "--data FOLDER/samples.csv";
const POOR = `0x${"12".repeat(32)}`;
const { usage, refused } = exitCodes;

const MISTAKES: readonly Mistake[] = [
  // The wrong network.
  {
    what: "a node of another chain",
    args: "worker projects --network moon",
    exitCode: refused,
    says: /^CW2205: expected chain 1, but http:\S+ is of chain 31337/,
  },
  {
    what: "a node that does not answer",
    args: "worker projects --network away",
    exitCode: refused,
    says: /^CW2200: .*ECONNREFUSED/,
  },
  {
    what: "a network without a market",
    args: "owner status 1 --network bare",
    exitCode: refused,
    says: 'CW2754: network "bare"',
  },
  {
    what: "a network that is not configured",
    args: "audit 1 --network mars",
    exitCode: refused,
    says: /^CW2752: .*known: embedded, moon, away, bare/,
  },
  {
    what: "a required option that is misspelt",
    args: "worker fit 1 --dta=x",
    exitCode: usage,
    says: "unknown option '--dta'\n(Did you mean --data?)",
  },
  // Projects and rounds.
  ...[
    `worker status 9 TRAINER`,
    `worker quote 9`,
    `worker fit 9 ${DATA}`,
    `worker run 9 ${DATA}`,
    "worker join 9 --yes",
    "worker leave 9 --yes",
    "owner status 9",
    "owner fund 9 5 --yes",
    "owner stop 9 --yes",
    `owner reference 9 ${DATA}`,
  ].map((args) => ({
    what: "an unknown project",
    args,
    as: "stranger",
    exitCode: refused,
    says: /^CW2201: there is no project 9 on this market \(MarketUnknownProject\(projectId: 9\)\)\n {2}`commonweight worker projects --all`/,
  })),
  ...["explain 9 0 TRAINER", "audit 9", "owner watch 9", "owner pull 9"].map((args) => ({
    what: "an unknown project",
    args,
    exitCode: refused,
    says: "CW2206: no project 9 was posted",
  })),
  {
    what: "a round that is not settled",
    args: "explain 1 4 TRAINER",
    exitCode: refused,
    says: "CW4600: round 4",
  },
  {
    what: "somebody who was not in the round",
    args: `explain 1 0 0x${"00".repeat(20)}`,
    exitCode: refused,
    says: "CW4601",
  },
  {
    what: "an update that was not left out",
    args: "exclusion 1 0 TRAINER",
    exitCode: refused,
    says: /^CW4603: 0x/,
  },
  // Money and keys.
  {
    what: "a reference by somebody who is not the referee",
    args: `owner reference 1 ${DATA} --state FOLDER/stranger`,
    as: "stranger",
    exitCode: refused,
    says: /^CW4001: 0x\S+ is not 0x/,
  },
  {
    what: "an account without a balance",
    args: "worker join 1 --yes",
    as: POOR,
    exitCode: refused,
    says: /^CW2202: 0x[0-9a-fA-F]{40} has 0 ETH and 0 WNATIVE, and this takes 0\.1 WNATIVE .*\n {2}Send some/,
  },
  {
    what: "somebody else's project",
    args: "owner stop 1 --yes",
    as: "stranger",
    exitCode: refused,
    says: /^CW2201: only 0x\S+ may do this, the key is of 0x/,
  },
  {
    what: "an owner who wants to train",
    args: "worker join 1 --yes",
    as: "owner",
    exitCode: refused,
    says: /^CW2201: 0x\S+ is the project's owner, referee or aggregator/,
  },
  {
    what: "a stake that the terms do not ask for",
    args: "worker join 1 --yes --stake 7",
    as: "stranger",
    exitCode: refused,
    says: /^CW2201: the amount must be 100000000000000000 wei, .*\(of a token with 18 decimals: 0\.1, it is 7\)/,
  },
  {
    what: "a text that is no key",
    args: "worker join 1 --yes",
    as: "0x1234",
    exitCode: refused,
    says: /^CW2210: The private key is none\n {2}COMMONWEIGHT_PRIVATE_KEY/,
  },
  { what: "no key", args: "worker leave 1 --yes", exitCode: refused, says: "CW2753" },
  {
    what: "a wrong password",
    args: "worker leave 1 --yes --keystore FOLDER/key.json",
    password: "guessed",
    exitCode: refused,
    says: "CW2381",
  },
  {
    what: "nobody to ask for a password",
    args: "worker leave 1 --keystore FOLDER/key.json",
    exitCode: refused,
    says: "CW6500",
  },
  {
    what: "nobody to ask before money moves",
    args: "worker join 1",
    as: "stranger",
    exitCode: refused,
    says: "CW6500: Join project 1",
  },
  {
    what: "a keystore that is not there",
    args: "keys show FOLDER/none.json",
    exitCode: refused,
    says: "CW2380",
  },
  {
    what: "a keystore that is not there, to give coins to",
    args: "faucet FOLDER/none.json",
    exitCode: refused,
    says: "CW2380",
  },
  {
    what: "a keystore that would be overwritten",
    args: "keys new FOLDER/key.json",
    password: "anything long enough",
    exitCode: refused,
    says: "CW2382",
  },
  // Data.
  {
    what: "a missing file",
    args: "worker quote 1 --data /none.csv",
    exitCode: refused,
    says: "CW3101: /none.csv",
  },
  {
    what: "a missing file, before a stake is locked",
    args: "worker run 1 --data /none.csv",
    as: "stranger",
    exitCode: refused,
    says: "CW3101: /none.csv",
  },
  {
    what: "a table that is cut off",
    args: "worker quote 1 --data FOLDER/cut.csv",
    exitCode: refused,
    says: /^CW3102: .+ CSV: row 2 has 1 cells, the header 2/,
  },
  {
    what: "a table with other columns",
    args: "worker fit 1 --data FOLDER/other.csv",
    exitCode: refused,
    says: /^CW3105: .+ table: there is no column "kind", .+; there are "a", "b"/,
  },
  {
    what: "a table with other columns, before a stake is locked",
    args: "worker run 1 --data FOLDER/other.csv --state FOLDER/unfit",
    as: "stranger",
    exitCode: refused,
    says: /^CW3105: .+ table: there is no column "kind", .+; there are "a", "b"/,
  },
  {
    what: "a stake that whoever posts the awaited project would choose",
    args: `worker run 9 ${DATA} --wait --state FOLDER/awaiting`,
    as: "stranger",
    exitCode: refused,
    says: "CW4306: Nobody knows yet what the awaited project asks for as a stake",
  },
  {
    what: "a part that is not there",
    args: `worker quote 1 ${DATA} --part 9/8`,
    exitCode: refused,
    says: "CW3106: there is no part 9 of 8",
  },
  {
    what: "a manifest that is none",
    args: `worker fit --manifest FOLDER/samples.csv ${DATA}`,
    exitCode: refused,
    says: "CW1202: not JSON",
  },
  {
    what: "an attack that nobody knows",
    args: `worker run 1 ${DATA} --attack bribery`,
    as: "stranger",
    exitCode: refused,
    says: /^CW3501: no attack "bribery"; there are/,
  },
  // The command line itself.
  ...["worker guess", "constructor"].map((args) => ({
    what: "the form of what no command writes",
    args: `schema ${args}`,
    exitCode: refused,
    says: `CW6530: "${args}"; known: aggregator doctor, `,
  })),
  { what: "no project", args: "worker quote", exitCode: usage, says: "missing required argument" },
  {
    what: "a project's name",
    args: "audit one",
    exitCode: usage,
    says: "Expected a project's number",
  },
  {
    what: "projects' names",
    args: `worker run 1 x ${DATA}`,
    exitCode: usage,
    says: "Expected a project's number",
  },
  {
    what: "a round before the first",
    args: "audit 1 --round -1",
    exitCode: usage,
    says: "Expected a round's number",
  },
  ...["yesterday", "-1", "0x10", "pending"].map((block) => ({
    what: "a block that is none",
    args: `audit 1 --block=${block}`,
    exitCode: usage,
    says: "latest, safe, finalized or the number of a block",
  })),
  {
    what: "a block that is still to come",
    args: "audit 1 --block 99999999",
    exitCode: refused,
    says: "CW4605: block 99999999 is not there: the newest is ",
  },
  {
    what: "a block before the project was posted",
    args: "audit 1 --block 1",
    exitCode: refused,
    says: "CW4606: the project was posted in block ",
  },
  {
    what: "an amount of nothing",
    args: "owner fund 1 0wei",
    exitCode: usage,
    says: "Expected an amount above 0",
  },
  {
    what: "an amount in words",
    args: "owner fund 1 much",
    exitCode: usage,
    says: "Expected an amount: 0.5 (whole tokens) or 1000wei",
  },
  {
    what: "wei where whole tokens are meant",
    args: "owner fund 1 1000000000000000000 --yes",
    as: "owner",
    exitCode: refused,
    says: /^CW2202: 0x\S+ has [\d.]+ ETH and [\d.]+ WNATIVE, and this takes 1000000000000000000 WNATIVE \(10{36} wei\)/,
  },
  {
    what: "an amount of another token",
    args: "owner fund 1 5USDC --yes",
    as: "owner",
    exitCode: refused,
    says: 'CW6560: "5USDC" is in USDC, but the token is WNATIVE',
  },
  {
    what: "a stake in words",
    args: `worker run 1 ${DATA} --stake much`,
    exitCode: usage,
    says: "Expected an amount",
  },
  {
    what: "fewer samples than none",
    args: `worker quote 1 ${DATA} --samples -3`,
    exitCode: usage,
    says: "Expected a whole number",
  },
  {
    what: "half a thread",
    args: `worker run 1 ${DATA} --threads 0.5`,
    exitCode: usage,
    says: "Expected a whole number",
  },
  {
    what: "a port in words",
    args: "aggregator run --port http",
    exitCode: usage,
    says: "Expected a port: 0 to 65535",
  },
  {
    what: "no privacy at all",
    args: `worker run 1 ${DATA} --privacy-epsilon 0`,
    exitCode: usage,
    says: "Expected a number above 0",
  },
  {
    what: "a price in words",
    args: "worker projects --min-hourly cheap",
    exitCode: usage,
    says: "Expected an amount",
  },
  ...[
    "worker status 1 bob",
    "explain 1 0 bob",
    "exclusion 1 0 bob",
    "worker join 1 --payout bob",
    "worker withdraw --to 0x71be63f3384f5fb98995898A86B02Fb2426c5788",
  ].map((args) => ({
    what: "what is no address, or one with a slip",
    args,
    exitCode: usage,
    says: "Expected an address",
  })),
  {
    what: "an order that is none",
    args: "worker projects --sort luck",
    exitCode: usage,
    says: "Allowed choices",
  },
  {
    what: "a node to compare with that is no address",
    args: "audit 1 --compare-rpc somewhere",
    exitCode: usage,
    says: "an http or https address, please",
  },
  {
    what: "a node to compare with that does not answer",
    args: "audit 1 --compare-rpc http://127.0.0.1:1",
    exitCode: refused,
    says: "CW2212: http://127.0.0.1:1",
  },
  {
    what: "files that are not there",
    args: "owner post --manifest none.json --terms none.json",
    exitCode: refused,
    says: "CW4013",
  },
];

describe("bad input", () => {
  let market: PlayedMarket;
  const run = ({ args, as, password }: Pick<Mistake, "args" | "as" | "password">) => {
    const trainer = market.of("trainer-1").account as string;
    // The folder's name has a space in it.
    const words = args
      .split(" ")
      .map((word) => word.replace("FOLDER", market.folder).replace("TRAINER", trainer));
    const key = as === undefined || as.startsWith("0x") ? as : market.privateKeyOf(as);
    return commandLine(words, {
      folder: market.folder,
      environment: {
        ...(key === undefined ? {} : { COMMONWEIGHT_PRIVATE_KEY: key }),
        ...(password === undefined ? {} : { COMMONWEIGHT_PASSWORD: password }),
        ...(args.includes("--state") ? {} : { COMMONWEIGHT_STATE: `${market.folder}/state` }),
      },
    });
  };

  beforeAll(async () => {
    market = await startPlayedMarket();
    await market.playRound();
    writeFileSync(`${market.folder}/cut.csv`, "f0,kind\nx,a\n1");
    writeFileSync(`${market.folder}/other.csv`, "a,b\n1,2\n3,4\n");
    await createKeystore(`${market.folder}/key.json`, "correct horse battery staple");
  });
  afterAll(() => market?.stop());

  it.each(MISTAKES)("$what ends `$args` with $exitCode and a way out", async (mistake) => {
    const { exitCode, stdout, stderr } = await run(mistake);

    expect(stderr).toMatch(mistake.says);
    expect(exitCode).toBe(mistake.exitCode);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.trimEnd().split("\n").length).toBeGreaterThan(1);
  });

  it("a node that hides an event is found out by one that does not, whichever of them is asked first", async () => {
    const hiding = await startAlteringNode(market.rpcUrl, (method, result) =>
      method === "eth_getLogs" ? (result as unknown[]).slice(1) : result,
    );
    const honest = await startAlteringNode(market.rpcUrl, (_, result) => result);
    try {
      const explain = (nodes: string) => run({ args: `explain 1 0 TRAINER ${nodes}` });
      const together = await explain(`--compare-rpc ${honest.url}`);
      expect(together.exitCode).toBe(0);
      expect(together.stdout).toContain("verdict");
      for (const nodes of [
        `--compare-rpc ${hiding.url}`,
        `--compare-rpc ${honest.url} --compare-rpc ${hiding.url}`,
      ]) {
        const { exitCode, stderr } = await explain(nodes);
        expect(stderr).toMatch(/^CW2211: http:\S+ and http:\S+ answer eth_getLogs differently\n/);
        expect(stderr).toContain(hiding.url);
        expect(exitCode).toBe(refused);
      }
    } finally {
      hiding.stop();
      honest.stop();
    }
  });

  it("a node that tells other terms than another one is believed by nobody who would stake or send", async () => {
    const selectors = ["getProject", "getProjects", "projectCount"].map(
      (name) => new Interface(trainingMarketAbi).getFunction(name)?.selector,
    );
    const lying = await startAlteringNode(market.rpcUrl, (method, result, params) => {
      const { data, input } = Object(params[0]) as { data?: string; input?: string };
      const isTerms = selectors.includes((data ?? input ?? "").slice(0, 10));
      return method === "eth_call" && isTerms ? `${String(result).slice(0, -1)}7` : result;
    });
    const [network, known] = Object.entries(
      market.config.networks as Record<string, object>,
    )[0] as [string, object];
    const networks = { [network]: { ...known, compareRpcUrls: [lying.url] } };
    writeFileSync(`${market.folder}/compared.json`, JSON.stringify({ ...market.config, networks }));
    const untilToldApart = async (as: string, line: string) => {
      const stopping = new AbortController();
      const said: string[] = [];
      const { stderr } = await commandLine(
        line.split(" ").map((word) => word.replace("FOLDER", market.folder)),
        {
          folder: market.folder,
          environment: { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf(as) },
          signal: stopping.signal,
          onLine: (text) => {
            said.push(text);
            // A service would wait for as long as it takes.
            if (text.includes("differently")) stopping.abort();
          },
        },
      );
      return [...said, stderr].join("\n");
    };
    const named = `--compare-rpc ${lying.url}`;

    const told = await Promise.all([
      untilToldApart("trainer-1", `worker run 1 ${DATA} --state FOLDER/run ${named}`),
      untilToldApart(
        "owner",
        `owner reference 1 ${DATA} --root 20 --pay 20 --state FOLDER/refer ${named}`,
      ),
      untilToldApart("aggregator", `aggregator run --port 0 --state FOLDER/aggregator ${named}`),
      untilToldApart("stranger", `worker join 1 --yes --state FOLDER/join ${named}`),
      untilToldApart("stranger", "worker join 1 --yes --state FOLDER/other --config compared.json"),
    ]);

    for (const said of told) expect(said).toContain(`${lying.url} answer eth_call differently`);
    lying.stop();
  });

  it("has not made anybody join", async () => {
    const { stdout } = await run({ args: "owner status 1 --json" });

    expect(JSON.parse(stdout).project.trainerCount).toBe(3);
  });

  it.each([
    { signal: "SIGINT", exitCode: exitCodes.interrupted },
    { signal: "SIGTERM", exitCode: exitCodes.terminated },
  ] as const)(
    "$signal in the middle of a command ends it with $exitCode",
    async ({ signal, exitCode }) => {
      const watch = start(["owner", "watch", "1"]);
      const ended = once(watch, "exit");
      await once(watch.stdout as NodeJS.ReadableStream, "data");
      let message = "";
      watch.stderr?.on("data", (text) => {
        message += text;
      });
      watch.kill(signal);

      expect(await ended).toEqual([exitCode, null]);
      expect(message).toContain("stopped");
    },
  );

  it("a reader that has seen enough ends a command without a stack", async () => {
    const watch = start(["owner", "watch", "1"]);
    const ended = once(watch, "exit");
    let message = "";
    watch.stderr?.on("data", (text) => {
      message += text;
    });
    await once(watch.stdout as NodeJS.ReadableStream, "data");
    watch.stdout?.destroy();
    await market.playRound();

    expect(await ended).toEqual([exitCodes.unread, null]);
    expect(message).toBe("stopped\n");
  });

  it("being killed while joining leaves nothing that the same command does not finish", async () => {
    const join = ["worker", "join", "1", "--yes", "--json", "--state", `${market.folder}/joiner`];
    const environment = { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("stranger") };
    const joining = start(join, environment);
    const ended = once(joining, "exit");
    const before = await market
      .of("stranger")
      .provider.getTransactionCount(market.of("stranger").account as string);
    // As soon as its first transaction is in a block: the account is registered, and nothing more.
    while (
      (await market
        .of("stranger")
        .provider.getTransactionCount(market.of("stranger").account as string)) === before
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    joining.kill("SIGKILL");
    await ended;
    const again = await commandLine(join, { folder: market.folder, environment });

    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ projectId: "1" });
    const { stdout } = await run({ args: "owner status 1 --json" });
    expect(JSON.parse(stdout).project.trainerCount).toBe(4);
  });

  it("a project that has ended takes nobody any more", async () => {
    expect((await run({ args: "owner stop 1 --yes", as: "owner" })).exitCode).toBe(0);
    for (const args of ["owner fund 1 5 --yes", "owner stop 1 --yes"]) {
      const { exitCode, stderr } = await run({ args, as: "owner" });

      expect(exitCode).toBe(refused);
      expect(stderr).toContain("CW2201: project 1 has ended (MarketWrongPhase");
    }
  });

  function start(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [`${repositoryRoot}services/main.ts`, ...args], {
      cwd: market.folder,
      env: { PATH: process.env.PATH ?? "", NODE_NO_WARNINGS: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
});
