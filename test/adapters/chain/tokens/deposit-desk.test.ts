import { Contract } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DevelopmentAccount } from "../../../../services/adapters/chain/accounts/development-accounts.ts";
import { send } from "../../../../services/adapters/chain/connect.ts";
import { DepositDesk } from "../../../../services/adapters/chain/tokens/deposit-desk.ts";
import { readBalance } from "../../../../services/adapters/chain/tokens/token.ts";
import { startDepositMarket } from "../deposit-market.ts";

const ETHER = 10n ** 18n;
const payee = "0x00000000000000000000000000000000000000bb";
let market: Awaited<ReturnType<typeof startDepositMarket>>;

beforeAll(async () => {
  market = await startDepositMarket();
});
afterAll(() => market.stop());

/** Connects an account whose deposits go to the payee: what matters here is what it needs before. */
async function connect(account: DevelopmentAccount, reserveWei = 0n) {
  const { chain, purposes } = await market.connect(account);
  const token = market.addresses.wrappedNative;
  const transferAbi = ["function transfer(address to, uint256 amount) returns (bool)"];
  const contract = new Contract(token, transferAbi, chain.signer);
  const desk = new DepositDesk(chain, async () => reserveWei);
  const deposit = (amountWei: bigint, nonce: number) =>
    desk.deposit({
      token,
      amountWei,
      // Two that are alike would be taken for one.
      send: () =>
        send(chain, contract, "transfer", [payee, amountWei], { purpose: `transfer/${nonce}` }),
    });
  return { chain, token, purposes, deposit };
}

it("provides for deposits that come together with one wrapping and one approval", async () => {
  const { chain, token, purposes, deposit } = await connect(market.accounts[0]);

  await Promise.all([1, 2, 3, 4, 5, 6].map((nonce) => deposit(ETHER, nonce)));

  const count = (method: string) => purposes.filter((each) => each === method).length;
  expect(count("transfer")).toBe(6);
  // The first one does not wait for others to come.
  expect(count("deposit")).toBe(2);
  expect(count("approve")).toBeLessThanOrEqual(2);
  expect(await readBalance(chain, token, chain.account as string)).toBe(0n);
  expect(await readBalance(chain, token, payee)).toBe(6n * ETHER);
});

it("makes those that the account can pay for when it cannot pay for all", async () => {
  const { deposit } = await connect(market.accounts[1]);

  const outcomes = await Promise.allSettled([
    deposit(ETHER, 1),
    deposit(6000n * ETHER, 2),
    deposit(6000n * ETHER, 3),
  ]);

  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(outcomes[2]).toMatchObject({ reason: { code: "CW2202" } });
});

it("leaves what is needed for gas, and makes what there is enough for beside it", async () => {
  const { chain, token, deposit } = await connect(market.accounts[2], 9000n * ETHER);

  const outcomes = await Promise.allSettled([deposit(2000n * ETHER, 1), deposit(ETHER, 2)]);

  expect(outcomes[0]).toMatchObject({ reason: { code: "CW2214" } });
  expect(outcomes[1]?.status).toBe("fulfilled");
  const coinsWei = await chain.provider.getBalance(chain.account as string);
  expect(coinsWei).toBeGreaterThan(9000n * ETHER);
  expect(await readBalance(chain, token, chain.account as string)).toBe(0n);
});
