import type { Contract, JsonRpcSigner } from "ethers";
import type { G1Point } from "../../services/protocol/curve.ts";
import { commitmentHash } from "../../services/protocol/market/submissions.ts";
import {
  type Cast,
  castOf,
  coldAddress,
  type MarketChain,
  openMarketChain,
  openRequest,
  packOutcome,
  SOME_CID,
  settleRequest,
  signedOpenRequest,
  somePoint,
  someTerms,
} from "./market-chain.ts";

/** One party of a project and what became of its money, in wei. */
export interface LedgerLine {
  readonly party: string;
  readonly putInWei: bigint;
  readonly gotBackWei: bigint;
  /** What the vault keeps for it, because its token or its own code refused the transfer. */
  readonly keptWei: bigint;
}

/** A project's whole life in money, and what happened in words. */
export interface Ledger {
  readonly lines: readonly LedgerLine[];
  readonly events: readonly string[];
  readonly leftInVaultWei: bigint;
  readonly owedByVaultWei: bigint;
}

const TRAINERS = 12;
const ROUNDS = 10;
const LATE_JOINER = 11;
const REFUSED_PAYEE = 3;
const TOO_LARGE = 7;
const REJECTED = 5;

/**
 * The life of a project of ten rounds: the primary fails in round 3 and the standby takes over, one payee is blocked by the
 * token, one trainer joins late, one exceeds the norm bound in round 5, one is rejected now and then, one round is void, and
 * the owner disappears after posting.
 *
 * @param look Called when it is over, while the chain is still there.
 */
export async function liveProject(
  look: (chain: MarketChain) => Promise<void> = async () => {},
): Promise<Ledger> {
  const chain = await openMarketChain(async (deploy) =>
    (await deploy("ScriptedVerifier")).getAddress(),
  );
  try {
    const cast = await castOf(chain, TRAINERS);
    const balances = await balancesOf(chain, cast);
    const events: string[] = [];
    await prepare(chain, cast);
    for (let round = 0n, applied = 0; applied < ROUNDS; round++) {
      if (round === 4n) {
        await join(chain, cast.trainers[LATE_JOINER] as JsonRpcSigner);
        events.push("round 4: a late trainer joins");
      }
      applied += await playRound(chain, cast, round, events);
    }
    await look(chain);
    return await ledgerOf(chain, cast, balances, events);
  } finally {
    await chain.close();
  }
}

async function prepare(chain: MarketChain, cast: Cast): Promise<void> {
  const terms = someTerms(
    {
      token: await chain.token.getAddress(),
      referee: cast.primary.address,
      aggregators: [cast.primary.address, cast.standby.address, `0x${"00".repeat(20)}`],
    },
    { rounds: ROUNDS, payEvery: 3 },
  );
  const cold = coldAddress((cast.trainers[REFUSED_PAYEE] as JsonRpcSigner).address);
  await chain.send(cast.owner, chain.token, "blockAccount", [cold]);
  await chain.send(cast.owner, chain.market, "postProject", [
    terms,
    somePoint(1n),
    SOME_CID,
    SOME_CID,
  ]);
  for (const aggregator of [cast.primary, cast.standby]) {
    await chain.send(aggregator, chain.market, "bondAggregator", [1n]);
  }
  for (const [index, trainer] of cast.trainers.entries()) {
    if (index !== LATE_JOINER) await join(chain, trainer);
  }
}

const join = (chain: MarketChain, trainer: JsonRpcSigner) =>
  chain.send(trainer, chain.market, "joinProject", [1n, 10n * 10n ** 18n]);

/** Plays a round; 1 if it was applied. */
async function playRound(
  chain: MarketChain,
  cast: Cast,
  round: bigint,
  events: string[],
): Promise<number> {
  const standbyLeads = round > 3n;
  const opener = standbyLeads ? cast.standby : cast.primary;
  const request = standbyLeads
    ? await signedOpenRequest(chain, cast.primary, 1n, round)
    : openRequest(1n, round);
  await chain.send(opener, chain.market, "openRound", [request]);
  const { eligibleMask } = await chain.market.getFunction("getRound")(1n);
  const submissions: { trainer: string; commitment: G1Point; index: number }[] = [];
  for (const [index, trainer] of cast.trainers.entries()) {
    const view = await chain.market.getFunction("getTrainer")(1n, trainer.address);
    const isEligible = (BigInt(eligibleMask) >> BigInt(view.rosterIndex)) & 1n;
    if (view.status !== 1n || isEligible === 0n) continue;
    const commitment = somePoint(10_000n * (round + 1n) + BigInt(index));
    const hash = commitmentHash(trainer.address, commitment);
    await chain.send(trainer, chain.market, "submitUpdate", [1n, round, hash, SOME_CID]);
    submissions.push({ trainer: trainer.address, commitment, index });
  }
  if (round === 3n) {
    await chain.passTime(60 + 600);
    events.push("round 3: the primary misses its turn; the standby settles and takes the project");
  }
  const isVoid = round === 6n;
  if (isVoid) events.push("round 6: the rule accepts too few, so the round is void");
  const settler = round >= 3n ? cast.standby : cast.primary;
  const settlement = await settleRequest(
    chain,
    1n,
    round,
    submissions.map(({ trainer, commitment }) => ({ trainer, commitment })),
    outcomeOf(round, submissions, isVoid, events),
  );
  await chain.send(settler, chain.market, "settleRound", [settlement]);
  return isVoid ? 0 : 1;
}

function outcomeOf(
  round: bigint,
  submissions: readonly { index: number }[],
  isVoid: boolean,
  events: string[],
): bigint[] {
  const verdicts = submissions.map(({ index }) => {
    if (isVoid) return 6;
    if (index === TOO_LARGE && round === 5n) {
      events.push("round 5: an update above the norm bound; its stake is burned");
      return 2;
    }
    return index === REJECTED && round % 3n === 1n ? 6 : 1;
  });
  const accepted = verdicts.filter((verdict) => verdict === 1).length;
  let isFirst = true;
  return packOutcome(
    16,
    verdicts.map((verdict, i) => {
      if (verdict !== 1) return { share: 0, weight: 0, verdict };
      const weight = Math.floor(1024 / accepted) + (isFirst ? 1024 % accepted : 0);
      isFirst = false;
      // Shares that differ, and leave dust.
      const share = Math.floor((65535 * (i + 1)) / ((verdicts.length * (verdicts.length + 1)) / 2));
      return { share, weight, verdict };
    }),
  );
}

const balanceOf = (token: Contract, address: string): Promise<bigint> =>
  token.getFunction("balanceOf")(address);

async function balancesOf(chain: MarketChain, cast: Cast): Promise<Map<string, bigint>> {
  const balances = new Map<string, bigint>();
  for (const { address } of [cast.owner, cast.primary, cast.standby, ...cast.trainers]) {
    balances.set(address, await balanceOf(chain.token, address));
  }
  return balances;
}

async function ledgerOf(
  chain: MarketChain,
  cast: Cast,
  before: ReadonlyMap<string, bigint>,
  events: readonly string[],
): Promise<Ledger> {
  const token = await chain.token.getAddress();
  const deposits = await chain.vault.queryFilter(chain.vault.getEvent("Deposited")(1n));
  const putIn = (address: string) =>
    deposits
      .map((log) => chain.vault.interface.parseLog(log)?.args)
      .filter((args) => args?.from === address)
      .reduce((sum, args) => sum + (args?.amountWei as bigint), 0n);
  const line = async (party: string, address: string, cold = address): Promise<LedgerLine> => {
    const putInWei = putIn(address);
    const now = await balanceOf(chain.token, address);
    const atCold = cold === address ? 0n : await balanceOf(chain.token, cold);
    return {
      party,
      putInWei,
      gotBackWei: now + atCold - ((before.get(address) ?? 0n) - putInWei),
      keptWei: await chain.vault.getFunction("claimOf")(token, cold),
    };
  };
  const lines = [
    await line("owner", cast.owner.address),
    await line("primary", cast.primary.address),
    await line("standby", cast.standby.address),
  ];
  for (const [index, { address }] of cast.trainers.entries()) {
    lines.push(await line(`trainer ${index + 1}`, address, coldAddress(address)));
  }
  lines.push(await line("burned", "0x000000000000000000000000000000000000dEaD"));
  return {
    lines,
    events,
    leftInVaultWei: await balanceOf(chain.token, await chain.vault.getAddress()),
    owedByVaultWei: await chain.vault.getFunction("owed")(token),
  };
}

/** The ledger as text: one line a party, in whole tokens with every wei, and the sum. */
export function ledgerText({ lines, events, leftInVaultWei }: Ledger): string {
  const amount = (wei: bigint) =>
    `${wei / 10n ** 18n}.${(wei % 10n ** 18n).toString().padStart(18, "0")}`.padStart(26);
  const sum = (of: (line: LedgerLine) => bigint) => lines.reduce((all, line) => all + of(line), 0n);
  const row = (name: string, ...amounts: bigint[]) =>
    `${name.padEnd(12)}${amounts.map(amount).join("")}`;
  return [
    ...events,
    `${"party".padEnd(12)}${"put in".padStart(26)}${"got back".padStart(26)}${"kept by the vault".padStart(26)}`,
    ...lines.map((line) => row(line.party, line.putInWei, line.gotBackWei, line.keptWei)),
    row(
      "sum",
      sum((line) => line.putInWei),
      sum((line) => line.gotBackWei),
      sum((line) => line.keptWei),
    ),
    `left in the vault: ${amount(leftInVaultWei).trim()}`,
  ].join("\n");
}
