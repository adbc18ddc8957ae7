import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { allowDeposit } from "../../../services/adapters/chain/allow-deposit.ts";
import { type Chain, connectChain } from "../../../services/adapters/chain/connect.ts";
import { connectSigner } from "../../../services/adapters/chain/connect-signer.ts";
import { deployMarket } from "../../../services/adapters/chain/deploy.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../../services/adapters/chain/development-accounts.ts";
import { sendMarketCall } from "../../../services/adapters/chain/market-calls.ts";
import { readAllowance } from "../../../services/adapters/chain/token.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../../services/adapters/embedded-chain.ts";
import { deployPlainToken } from "./plain-token.ts";

const someVerifier = "0x00000000000000000000000000000000000000aa";
const [deployer, account] = developmentAccounts(DEVELOPMENT_MNEMONIC, 2) as [
  DevelopmentAccount,
  DevelopmentAccount,
];
let embedded: EmbeddedChain;
let signing: ReturnType<typeof connectSigner>;
let chain: Chain;
let purposes: string[] = [];

beforeAll(async () => {
  embedded = await startEmbeddedChain({ accountCount: 2 });
  signing = connectSigner(embedded.rpcUrl, embedded.chainId, deployer.privateKey);
  const { addresses } = await deployMarket({
    signer: signing.signer,
    verifier: { address: someVerifier },
  });
  chain = await connectChain({
    rpcUrl: embedded.rpcUrl,
    addresses,
    privateKey: account.privateKey,
    onTransaction: ({ purpose }) => purposes.push(purpose.split("/")[0] as string),
  });
});
beforeEach(() => {
  purposes = [];
});
afterAll(async () => {
  chain.close();
  signing.close();
  await embedded.stop();
});

it("is a permit, which costs no transaction, where the token has them", async () => {
  const token = chain.addresses.wrappedNative;
  const first = await allowDeposit(chain, token, 5n);

  expect(first.map(({ method }) => method)).toEqual(["permit"]);
  expect(purposes).toEqual([]);
  await sendMarketCall(chain, { method: "projectCount", args: [] }, first);
  expect(await readAllowance(chain, token)).toBe(5n);
  // What it is for is in the purpose, whatever comes first.
  expect(purposes).toEqual(["projectCount"]);
  expect(await allowDeposit(chain, token, 5n)).toEqual([]);
});

it.each([
  ["a token without permits", {}],
  ["a token whose permits are of another kind", { hasOtherPermits: true }],
])("is an approval for %s", async (_, options) => {
  const token = await deployPlainToken(signing.signer, account.address, 100n, options);

  expect(await allowDeposit(chain, token, 7n)).toEqual([]);
  expect(purposes).toEqual(["approve"]);
  expect(await readAllowance(chain, token)).toBe(7n);
});
