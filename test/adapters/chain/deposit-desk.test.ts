import { Contract } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Chain, connectChain, send } from "../../../services/adapters/chain/connect.ts";
import { connectSigner } from "../../../services/adapters/chain/connect-signer.ts";
import { deployMarket } from "../../../services/adapters/chain/deploy.ts";
import { DepositDesk } from "../../../services/adapters/chain/deposit-desk.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../../services/adapters/chain/development-accounts.ts";
import { readBalance } from "../../../services/adapters/chain/token.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../../services/adapters/embedded-chain.ts";

const ETHER = 10n ** 18n;
const someVerifier = "0x00000000000000000000000000000000000000aa";
const payee = "0x00000000000000000000000000000000000000bb";
const [first, second] = developmentAccounts(DEVELOPMENT_MNEMONIC, 2) as [
  DevelopmentAccount,
  DevelopmentAccount,
];
let embedded: EmbeddedChain;
let addresses: Awaited<ReturnType<typeof deployMarket>>["addresses"];

beforeAll(async () => {
  embedded = await startEmbeddedChain({ accountCount: 2 });
  const deployer = connectSigner(embedded.rpcUrl, embedded.chainId, first.privateKey);
  const verifier = { address: someVerifier };
  ({ addresses } = await deployMarket({ signer: deployer.signer, verifier }));
  deployer.close();
});
afterAll(() => embedded.stop());

/** Connects an account whose deposits go to the payee: what matters here is what it needs before. */
async function connect({ privateKey }: DevelopmentAccount) {
  const purposes: string[] = [];
  const chain: Chain = await connectChain({
    rpcUrl: embedded.rpcUrl,
    addresses,
    privateKey,
    onTransaction: ({ purpose }) => purposes.push(purpose.split("/")[0] as string),
  });
  const token = addresses.wrappedNative;
  const transferAbi = ["function transfer(address to, uint256 amount) returns (bool)"];
  const contract = new Contract(token, transferAbi, chain.signer);
  const desk = new DepositDesk(chain);
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
  const { chain, token, purposes, deposit } = await connect(first);

  await Promise.all([1, 2, 3, 4, 5, 6].map((nonce) => deposit(ETHER, nonce)));

  const count = (method: string) => purposes.filter((each) => each === method).length;
  expect(count("transfer")).toBe(6);
  // The first one does not wait for others to come.
  expect(count("deposit")).toBe(2);
  expect(count("approve")).toBeLessThanOrEqual(2);
  expect(await readBalance(chain, token, chain.account as string)).toBe(0n);
  expect(await readBalance(chain, token, payee)).toBe(6n * ETHER);
  chain.close();
});

it("makes those that the account can pay for when it cannot pay for all", async () => {
  const { chain, deposit } = await connect(second);

  const outcomes = await Promise.allSettled([
    deposit(ETHER, 1),
    deposit(6000n * ETHER, 2),
    deposit(6000n * ETHER, 3),
  ]);

  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(outcomes[2]).toMatchObject({ reason: { code: "CW2202" } });
  chain.close();
});
