import type { Contract, JsonRpcSigner } from "ethers";
import { castOf, openMarketChain, signedOpenRequest } from "../../test/integration/market-chain.ts";
import { postAndJoin, scriptedGas, settle, submit } from "./market-rounds.ts";
import type { MarketGas } from "./step-gas.ts";
import type { VerifierGas } from "./verifier-gas.ts";

/** What it saves to book outcomes together and to transfer pay seldom, at 16 slots with 13 trainers. */
export async function measureBookkeeping(verifier: VerifierGas): Promise<MarketGas[]> {
  const rows = await measureOutcomes();
  for (const payEvery of [1, 4]) rows.push(await measurePay(verifier, payEvery));
  return rows;
}

/** Gas of a settlement on average over rounds 4 to 7, when every payee has been paid before. */
async function measurePay(gas: VerifierGas, payEvery: number): Promise<MarketGas> {
  let verifier: Contract | undefined;
  const chain = await openMarketChain(async (deploy) => {
    verifier = await deploy("ScriptedVerifier");
    return verifier.getAddress();
  });
  try {
    const { slots, trainers } = gas;
    const cast = await castOf(chain, trainers);
    const projectId = await postAndJoin(chain, cast, slots, trainers, () => undefined, payEvery);
    let total = 0;
    for (let round = 0n; round < 8n; round++) {
      await chain.send(cast.primary, chain.market, "openRound", [
        await signedOpenRequest(chain, cast.standby, projectId, round),
      ]);
      const submissions = await submit(chain, cast, projectId, round, () => undefined);
      const settled = await settle(chain, cast, { projectId, round, slots, submissions });
      if (round < 4n || verifier === undefined) continue;
      total += settled.gasUsed - (await scriptedGas(chain, verifier, slots, settled));
    }
    const average = Math.round(total / 4) + gas.provenGas;
    return {
      step: `settle ${trainers} trainers at ${slots} slots on average, pay transferred every ${payEvery === 1 ? "round" : `${payEvery} rounds`}`,
      gas: average,
      perTrainer: Math.round(average / trainers),
    };
  } finally {
    await chain.close();
  }
}

/** The same thirteen outcomes booked as the market does and with a word and a call per quantity. */
async function measureOutcomes(): Promise<MarketGas[]> {
  const chain = await openMarketChain(async (deploy) =>
    (await deploy("ScriptedVerifier")).getAddress(),
  );
  try {
    const variants = await chain.deploy("BookkeepingVariants");
    const trainers = chain.signers.slice(0, 13).map(({ address }) => address);
    const sender = chain.signers[0] as JsonRpcSigner;
    const rows: MarketGas[] = [];
    for (const method of ["batched", "unbatched"]) {
      await chain.send(sender, variants, method, [trainers, 6, 1000n]);
      const { gasUsed } = await chain.send(sender, variants, method, [trainers, 6, 1000n]);
      rows.push({
        step: `book 13 outcomes (pay, reliability, strike), ${method}`,
        gas: Number(gasUsed),
        perTrainer: Math.round(Number(gasUsed) / 13),
      });
    }
    return rows;
  } finally {
    await chain.close();
  }
}
