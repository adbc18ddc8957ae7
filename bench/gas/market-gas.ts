import { readFileSync } from "node:fs";
import type { Contract } from "ethers";
import { castOf, openMarketChain, signedOpenRequest } from "../../test/integration/market-chain.ts";
import { measureBookkeeping } from "./bookkeeping-gas.ts";
import {
  postAndJoin,
  type SettledRound,
  scriptedGas,
  settle,
  settleAndOpen,
  submit,
} from "./market-rounds.ts";
import type { MarketGas } from "./step-gas.ts";
import type { VerifierGas } from "./verifier-gas.ts";

/**
 * Measures the market on a simulated chain. Settlements run with a verifier that believes everything; what it costs is
 * taken off and what the real verifier costs for as many slots is added, so that later rounds need no proofs here.
 */
export async function measureMarketGas(
  slotCounts: readonly number[] = [8, 16, 32],
): Promise<MarketGas[]> {
  // What the verifier's own benchmark measured last; a test keeps the file true.
  const snapshot = "../../test/integration/snapshots/round-verifier-gas.json";
  const verifierRows: VerifierGas[] = JSON.parse(
    readFileSync(new URL(snapshot, import.meta.url), "utf8"),
  );
  const rows: MarketGas[] = [];
  for (const { slots, trainers, provenGas } of verifierRows) {
    if (!slotCounts.includes(slots)) continue;
    rows.push(...(await measureRounds(slots, trainers, provenGas)));
  }
  const at16 = verifierRows.find(({ slots }) => slots === 16);
  if (at16 !== undefined) rows.push(...(await measureBookkeeping(at16)));
  return rows;
}

async function measureRounds(
  slots: number,
  trainerCount: number,
  provenGas: number,
): Promise<MarketGas[]> {
  let verifier: Contract | undefined;
  const chain = await openMarketChain(async (deploy) => {
    verifier = await deploy("ScriptedVerifier");
    return verifier.getAddress();
  });
  try {
    // 32 accounts in all, two of them aggregators, so the largest rounds have a few trainers less.
    const count = Math.min(trainerCount, 27);
    const cast = await castOf(chain, count);
    const rows: MarketGas[] = [];
    const add = (step: string, gas: bigint | number, trainers?: number) =>
      rows.push({
        step: `${slots} slots: ${step}`,
        gas: Number(gas),
        ...(trainers === undefined ? {} : { perTrainer: Math.round(Number(gas) / trainers) }),
      });
    const projectId = await postAndJoin(chain, cast, slots, count, add);
    const withRealVerifier = async (settled: SettledRound) =>
      settled.gasUsed -
      (await scriptedGas(chain, verifier as Contract, slots, settled)) +
      provenGas;
    for (let round = 0n; round < 5n; round++) {
      const measured = round >= 2n && round < 4n ? add : () => undefined;
      const open = await chain.send(cast.primary, chain.market, "openRound", [
        await signedOpenRequest(chain, cast.standby, projectId, round),
      ]);
      if (round === 2n) measured("open a round", open.gasUsed);
      const submissions = await submit(chain, cast, projectId, round, measured);
      const submitted = { projectId, round, slots, submissions };
      if (round === 4n) {
        const own = await withRealVerifier(await settleAndOpen(chain, cast, submitted));
        add(`settle ${count} trainers, credited, and open the next round`, own, count);
        continue;
      }
      const settled = await settle(chain, cast, submitted);
      if (round < 2n) continue;
      const own = await withRealVerifier(settled);
      // Every fourth round pays: rounds 0 to 2 only credit.
      if (round === 2n) measured(`settle ${count} trainers, credited`, own, count);
      if (round === 3n)
        measured(`settle ${count} trainers, and transfer four rounds' pay`, own, count);
    }
    return rows;
  } finally {
    await chain.close();
  }
}
