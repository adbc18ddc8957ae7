import { fetchEvaluations } from "../adapters/aggregator-client.ts";
import { findReceipt } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { readModels } from "../adapters/chain/rounds/published-models.ts";
import { readVoidedRounds } from "../adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../adapters/chain/rounds/settlements.ts";
import { isSameAddress } from "../protocol/address.ts";
import { unpackOutcome } from "../protocol/round/public-signals.ts";
import type { Market } from "./market.ts";
import type { MarketOptions } from "./market-plan.ts";
import type { TimedEvent } from "./view/market-state.ts";

/** The story of one run, as {@link marketReport} tells it. */
export type MarketReport = Awaited<ReturnType<typeof marketReport>>;

/**
 * The story of a market, from the chain; accuracies as the referee told the aggregator, times from the processes that measured them:
 * a market that was stopped and continued has none of the rounds before.
 */
export async function marketReport(
  market: Market,
  project: Project,
  options: MarketOptions,
  events: readonly TimedEvent[],
) {
  const { chain, projectId } = market;
  const [settlements, voided, models, participants] = await Promise.all([
    readSettlements(chain, projectId),
    readVoidedRounds(chain, projectId),
    readModels(chain, projectId),
    Promise.all(market.trainers.map(({ address }) => readParticipant(chain, address))),
  ]);
  const evaluations = await readEvaluations(market, models.at(-1)?.version ?? 0);
  const receipts = await Promise.all(
    settlements.map(({ transactionHash }) => findReceipt(chain, transactionHash)),
  );
  const nameOf = (address: string) =>
    market.trainers.find((each) => isSameAddress(each.address, address))?.name ?? address;
  const event = (type: string, roundIndex: number) =>
    events.find((each) => each.type === type && Number(each.roundIndex) === roundIndex);
  const happened = (type: string, name: string) =>
    events.some((each) => each.type === type && each.process === name);
  const accuracyOf = (version: number) => {
    const told = evaluations.find((each) => each.version === version);
    return told === undefined ? undefined : told.accuracyMillionths / 1e6;
  };
  const rounds = settlements.map((settlement, index) => {
    const decoded = unpackOutcome(settlement.outcomeWords, project.terms.slots);
    const { roundIndex } = settlement;
    const version = models.find(
      (model) => model.roundIndex === roundIndex && model.version > 0,
    )?.version;
    return {
      roundIndex,
      accuracy: version === undefined ? null : (accuracyOf(version) ?? null),
      gasUsed: receipts[index]?.gasUsed ?? null,
      proofSeconds: event("proven", roundIndex)?.seconds ?? null,
      budgetWei: settlement.budgetWei,
      paidWei: settlement.paidWei,
      trainers: settlement.trainers.map((address, index) => ({
        name: nameOf(address),
        address,
        verdict: decoded.verdicts[index],
        weight: decoded.weights[index],
        share: decoded.shares[index],
        earnedWei: settlement.earningsWei[index],
      })),
    };
  });
  const earned = market.trainers.map(({ name, address, attack }, index) => ({
    name,
    address,
    attack: attack ?? null,
    crashed: happened("crashed", name),
    earnedWei: rounds
      .flatMap((round) => round.trainers)
      .filter((each) => isSameAddress(each.address, address))
      .reduce((sum, each) => sum + (each.earnedWei ?? 0n), 0n),
    reliability: participants[index]?.reliability ?? 0,
  }));
  return {
    options,
    versions: { node: process.version },
    projectId,
    initialAccuracy: accuracyOf(0) ?? null,
    rounds,
    voidRounds: voided,
    trainers: earned,
    peakMemoryMb: market.peakMemoryMb(),
    totals: {
      paidWei: rounds.reduce((sum, { paidWei }) => sum + paidWei, 0n),
      escrowLeftWei: project.escrowWei,
      milliseconds: events.findLast(({ type }) => type === "ended")?.ms ?? 0,
    },
    milliseconds: Object.fromEntries(
      events
        .filter(({ type }) => ["settled", "project-posted", "ended"].includes(type))
        .map((each) => [`${each.type}-${each.roundIndex ?? ""}`, each.ms]),
    ),
  };
}

/** How long the referee may take to measure the last model after the end. */
const EVALUATION_MS = 20_000;

/** What the referee said of the models, once it has said something of the last one; whatever there is when it does not. */
async function readEvaluations({ webUrl, projectId }: Market, lastVersion: number) {
  const endsAt = Date.now() + EVALUATION_MS;
  for (;;) {
    const { evaluations } = await fetchEvaluations(webUrl, projectId).catch(() => ({
      evaluations: [],
    }));
    const isThere = evaluations.some(({ version }) => version === lastVersion);
    if (isThere || Date.now() >= endsAt) return evaluations;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
