import { afterAll, beforeAll, expect, it } from "vitest";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import {
  readParticipant,
  registerParticipant,
} from "../../services/adapters/chain/projects/participant.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { requireRegisteredKey } from "../../services/aggregator/require-registered-key.ts";
import { toHex } from "../../services/protocol/hex.ts";

const { generateKeyPair } = createHpkeEnvelope();
let embedded: EmbeddedChain;
let chain: Chain;

beforeAll(async () => {
  embedded = await startEmbeddedChain({ accountCount: 1 });
  const { rpcUrl, chainId } = embedded;
  const privateKey = developmentAccounts(DEVELOPMENT_MNEMONIC, 1)[0]?.privateKey ?? "";
  const { signer, close } = connectSigner(rpcUrl, chainId, privateKey);
  const { addresses } = await deployMarket({
    signer,
    verifier: { address: `0x${"11".repeat(20)}` },
  });
  close();
  chain = await connectChain({ rpcUrl, addresses, privateKey });
});
afterAll(async () => {
  chain.close();
  await embedded.stop();
});

it("another encryption key than the registered one is refused, and registered when that is asked for", async () => {
  const [first, second] = [await generateKeyPair(), await generateKeyPair()];
  const account = chain.account ?? "";
  const registered = async () => (await readParticipant(chain, account)).encryptionKey;

  await requireRegisteredKey(chain, first);
  await registerParticipant(chain, {
    encryptionKey: toHex(first.publicKey),
    ...{ payoutAddress: account, endpoint: "" },
  });
  await requireRegisteredKey(chain, first);
  const refused = requireRegisteredKey(chain, second);
  await expect(refused).rejects.toMatchObject({ code: "CW5009" });
  expect(await registered()).toBe(toHex(first.publicKey));
  await requireRegisteredKey(chain, second, { isReplacing: true });

  expect(await registered()).toBe(toHex(second.publicKey));
  await expect(requireRegisteredKey(chain, first)).rejects.toMatchObject({ code: "CW5009" });
});
