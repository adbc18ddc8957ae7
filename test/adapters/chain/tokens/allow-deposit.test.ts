import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Chain } from "../../../../services/adapters/chain/connect.ts";
import { sendMarketCall } from "../../../../services/adapters/chain/market-calls.ts";
import { allowDeposit } from "../../../../services/adapters/chain/tokens/allow-deposit.ts";
import type { DepositStep } from "../../../../services/adapters/chain/tokens/deposit-step.ts";
import { readAllowance } from "../../../../services/adapters/chain/tokens/token.ts";
import { startDepositMarket } from "../deposit-market.ts";
import { deployPlainToken } from "../plain-token.ts";

let market: Awaited<ReturnType<typeof startDepositMarket>>;
let chain: Chain;
let purposes: string[];

beforeAll(async () => {
  market = await startDepositMarket();
  ({ chain, purposes } = await market.connect(market.accounts[1]));
});
beforeEach(() => {
  purposes.length = 0;
});
afterAll(() => market.stop());

/** Which steps were told, as `name state`. */
const told = (steps: readonly DepositStep[]) => steps.map(({ name, state }) => `${name} ${state}`);

it("is a permit, which costs no transaction, where the token has them", async () => {
  const token = chain.addresses.wrappedNative;
  const steps: DepositStep[] = [];
  const onStep = (step: DepositStep) => void steps.push(step);
  const first = await allowDeposit(chain, token, 5n, { onStep });

  expect(first.map(({ method }) => method)).toEqual(["permit"]);
  expect(purposes).toEqual([]);
  expect(told(steps)).toEqual(["permit asked", "permit done", "approve not-needed"]);
  await sendMarketCall(chain, { method: "projectCount", args: [] }, first);
  expect(await readAllowance(chain, token)).toBe(5n);
  // What it is for is in the purpose, whatever comes first.
  expect(purposes).toEqual(["projectCount"]);

  // Whoever may take it already asks for nothing.
  steps.length = 0;
  expect(await allowDeposit(chain, token, 5n, { onStep })).toEqual([]);
  expect(told(steps)).toEqual(["permit not-needed", "approve not-needed"]);
});

it.each([
  ["a token without permits", {}, []],
  ["a token whose permits are of another kind", { hasOtherPermits: true }, ["permit asked"]],
])("is an approval for %s", async (_, options, before) => {
  const { address } = market.accounts[1];
  const token = await deployPlainToken(market.signer, address, 100n, options);
  const steps: DepositStep[] = [];
  const onStep = (step: DepositStep) => void steps.push(step);

  expect(await allowDeposit(chain, token, 7n, { onStep })).toEqual([]);
  const approval = ["approve asked", "approve sent", "approve done"];
  expect(told(steps)).toEqual([...before, "permit not-needed", ...approval]);
  expect(purposes).toEqual(["approve"]);
  expect(await readAllowance(chain, token)).toBe(7n);
});

it("is made anew for a token that changes no allowance, when something is left of an earlier one", async () => {
  const { address } = market.accounts[1];
  const token = await deployPlainToken(market.signer, address, 100n, { refusesChange: true });

  await allowDeposit(chain, token, 7n);
  expect(purposes).toEqual(["approve"]);
  await allowDeposit(chain, token, 9n);
  expect(purposes).toEqual(["approve", "approve", "approve"]);
  expect(await readAllowance(chain, token)).toBe(9n);
});
