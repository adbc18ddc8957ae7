import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import { registerParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { countProjects, readProject } from "../../services/adapters/chain/projects/project.ts";
import { readBalance } from "../../services/adapters/chain/tokens/token.ts";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { openModelFile } from "../../services/protocol/model/private-model.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { emptyForm, type PostingForm } from "../../web/post/posting-form.ts";
import { advancePosting, idleProgress, type PostingEvent } from "../../web/post/posting-steps.ts";
import { readPostingForm } from "../../web/post/read-posting-form.ts";
import {
  connectWallet,
  findPosting,
  handOver,
  type MadeFiles,
  runPosting,
} from "../../web/post/run-posting.ts";
import type { WalletProvider } from "../../web/wallet/injected-wallets.ts";
import { deployPlainToken } from "../adapters/chain/plain-token.ts";

const ETHER = 10n ** 18n;
let node: EmbeddedChain;
let chain: Chain;
let server: Server;
let plainToken: string;
/** CIDs that the aggregator's server was handed; it refuses everything while `isUp` is false. */
const taken: string[] = [];
let isUp = true;
const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 3);
const [deployer, aggregator, owner] = accounts as [Account, Account, Account];
type Account = (typeof accounts)[number];

beforeAll(async () => {
  node = await startEmbeddedChain({ accountCount: 3 });
  const { signer, close } = connectSigner(node.rpcUrl, node.chainId, deployer.privateKey);
  const { addresses } = await deployMarket({ signer, verifier: developmentSetup() });
  plainToken = await deployPlainToken(signer, owner.address, 1_000_000_000n);
  close();
  chain = await connectChain({ rpcUrl: node.rpcUrl, addresses });
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (isUp) taken.push(request.url?.split("/").at(-1) as string);
      response.writeHead(isUp ? 200 : 503, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { privateKey } = aggregator;
  const registering = await connectChain({ rpcUrl: node.rpcUrl, addresses, privateKey });
  await registerParticipant(registering, {
    encryptionKey: `0x${"11".repeat(32)}`,
    ...{ payoutAddress: aggregator.address, endpoint: `http://127.0.0.1:${port}` },
  });
  registering.close();
});
afterAll(async () => {
  chain.close();
  server.close();
  await node.stop();
});

/** A wallet whose keys the node has. `asked` lists what it was asked to sign or send; `refuse` answers instead. */
function walletOf(refuse: (method: string) => unknown = () => undefined) {
  const asked: string[] = [];
  const provider: WalletProvider = {
    async request({ method, params = [] }) {
      const isReading = method === "eth_chainId";
      if (!isReading) asked.push(method);
      const refusal = refuse(method);
      if (refusal instanceof Error || typeof refusal === "object") throw refusal;
      if (refusal !== undefined) return refusal;
      return chain.provider.send(method, [...params]);
    },
  };
  return { asked, provider };
}

function orderOf(change: Partial<PostingForm> = {}) {
  const form: PostingForm = {
    ...emptyForm(31_337n),
    ...{ title: "Irises", features: "16", classes: "a, b, c", rounds: "2" },
    aggregators: [aggregator.address],
    ...change,
  };
  const { manifest, terms, escrowWei, problems } = readPostingForm(form, {
    unit: { symbol: "", decimals: form.token === "" ? 18 : 6 },
    wrappedNative: chain.addresses.wrappedNative,
    account: owner.address,
  });
  expect(problems).toEqual({});
  if (manifest === undefined || terms === undefined) throw new RangeError("the form is not sound");
  return { manifest, terms, escrowWei };
}

/** Posts and notes everything that was said on the way. */
async function post(
  order: ReturnType<typeof orderOf> & { readonly encryptionKeys?: EncryptionKeyPair },
  wallet = walletOf(),
) {
  const events: PostingEvent[] = [];
  const sent: string[] = [];
  let files: MadeFiles | undefined;
  const signing = await connectWallet(chain, wallet.provider, owner.address);
  const result = await runPosting({
    ...{ chain: signing, ...order },
    tell: (event) => events.push(event),
    onFiles: (made) => {
      files = made;
    },
    onSent: (hash) => sent.push(hash),
  }).catch((error: { code: string }) => error);
  const { steps, projectId } = events.reduce(advancePosting, idleProgress);
  const told = events.flatMap((event) =>
    event.type === "step" ? [`${event.name} ${event.step.state}`] : [event.type],
  );
  return { ...{ result, sent, files, steps, projectId, told }, asked: wallet.asked };
}

describe("posting with a wallet", () => {
  test("reads through the nodes that the page compares, and opens no connection of its own to one of them", async () => {
    const signing = await connectWallet(chain, walletOf().provider, owner.address);

    expect(signing.provider).toBe(chain.provider);
    for (const contract of [signing.market, signing.vault, signing.registry, signing.verifier]) {
      expect(contract.runner?.provider).toBe(chain.provider);
    }
    expect([signing.account, signing.transactions]).toEqual([owner.address, undefined]);
  });

  test("coins: wraps, signs a permit, posts; every step is done by its receipt, and posted comes after", async () => {
    taken.length = 0;
    const order = orderOf();
    const { result, told, asked, sent, files } = await post(order);

    expect(told).toEqual([
      ...["prepare working", "prepare done", "register not-needed"],
      ...["wrap in-wallet", "wrap sent", "wrap done"],
      ...["permit in-wallet", "permit done", "approve not-needed"],
      ...["post in-wallet", "post sent", "post done", "posted"],
      ...["upload working", "upload done"],
    ]);
    expect(asked).toEqual(["eth_sendTransaction", "eth_signTypedData_v4", "eth_sendTransaction"]);
    expect(sent).toHaveLength(1);
    const project = await readProject(chain, result as bigint);
    expect(project.escrowWei).toBe(order.escrowWei);
    expect(project.owner).toBe(owner.address);
    const { manifestCid, modelCid } = files?.prepared ?? {};
    expect(taken).toEqual([manifestCid, modelCid]);
    expect(await findPosting(chain, sent[0] as string)).toBe(result);
  });

  test("a token of six decimals without permits: one approval, and the escrow in its own units", async () => {
    const order = orderOf({ token: plainToken, budget: "1.5", stake: "1", fee: "0.01", bond: "1" });
    const { result, told, steps, asked } = await post(order);

    expect(told).toEqual(
      expect.arrayContaining(["wrap not-needed", "permit not-needed", "approve sent", "posted"]),
    );
    expect(steps.approve).toMatchObject({ state: "done", receipt: expect.anything() });
    expect(asked).toEqual(["eth_sendTransaction", "eth_sendTransaction"]);
    expect(order.escrowWei).toBe(3_050_000n);
    expect((await readProject(chain, result as bigint)).escrowWei).toBe(3_050_000n);
    expect(await readBalance(chain, plainToken, owner.address)).toBe(1_000_000_000n - 3_050_000n);
  });

  test("a token whose permits are of another kind is approved, too", async () => {
    const { signer, close } = connectSigner(node.rpcUrl, node.chainId, deployer.privateKey);
    const token = await deployPlainToken(signer, owner.address, 10_000_000n, {
      hasOtherPermits: true,
    });
    close();
    const order = orderOf({ token, budget: "1.5", stake: "1", fee: "0.01", bond: "1" });
    const { result, told } = await post(order);

    expect(told).toEqual(
      expect.arrayContaining(["permit in-wallet", "permit not-needed", "posted"]),
    );
    expect((await readProject(chain, result as bigint)).escrowWei).toBe(order.escrowWei);
  });

  test("a private project: the owner's key is registered once, and the first model opens with it and nobody else's", async () => {
    const envelope = createHpkeEnvelope();
    const [encryptionKeys, strangers] = await Promise.all([
      envelope.generateKeyPair(),
      envelope.generateKeyPair(),
    ]);
    const order = orderOf({ visibility: "private" });
    const without = await post(order);
    expect(without.result).toMatchObject({ code: "CW7018" });
    expect(without.asked).toEqual([]);

    const { result, told, files } = await post({ ...order, encryptionKeys });
    expect(told).toEqual(expect.arrayContaining(["register in-wallet", "register done", "posted"]));
    expect((await readProject(chain, result as bigint)).terms.modelVisibility).toBe("private");
    const { prepared, contentStore } = files as MadeFiles;
    const bytes = await contentStore.get(prepared.modelCid, { maxBytes: 1e6 });
    const about = {
      ...{ chainId: chain.chainId, market: chain.addresses.market, cid: prepared.modelCid },
      owner: owner.address,
      commitment: prepared.modelCommitment,
    };
    await openModelFile(bytes, about, { envelope, keys: encryptionKeys });
    await expect(openModelFile(bytes, about, { envelope, keys: strangers })).rejects.toThrow();

    const again = await post(order);
    expect(again.told).toEqual(expect.arrayContaining(["register not-needed", "posted"]));
  });

  test("what was declined is sent nothing, and going on does not wrap again", async () => {
    const before = await countProjects(chain);
    const declined = await post(
      orderOf(),
      walletOf((method) => (method.startsWith("eth_signTyped") ? { code: 4001 } : undefined)),
    );
    expect(declined.result).toMatchObject({ code: "CW7010" });
    expect(declined.steps.permit.state).toBe("failed");
    expect(declined.sent).toEqual([]);
    expect(await countProjects(chain)).toBe(before);

    const again = await post(orderOf());
    expect(again.told).toContain("wrap not-needed");
    expect(await countProjects(chain)).toBe(before + 1);
  });

  test("a wallet that changes its network on the way is asked for nothing more", async () => {
    let signed = false;
    const { result, asked, sent } = await post(
      orderOf(),
      walletOf((method) => {
        if (method === "eth_signTypedData_v4") signed = true;
        return method === "eth_chainId" && signed ? "0x1" : undefined;
      }),
    );

    expect(result).toMatchObject({ code: "CW7011", message: expect.stringMatching(/chain 1,/) });
    expect(asked.at(-1)).toBe("eth_signTypedData_v4");
    expect(sent).toEqual([]);
  });

  test("a wallet's own failure keeps its words", async () => {
    const { result, steps } = await post(
      orderOf({ token: plainToken }),
      walletOf((method) =>
        method === "eth_sendTransaction" ? new TypeError("device is locked") : undefined,
      ),
    );

    expect(result).toMatchObject({ code: "CW7012", message: expect.stringMatching(/is locked/) });
    expect(steps.approve.state).toBe("failed");
  });

  test("an account that lacks the escrow is told the numbers before the wallet is asked", async () => {
    const { result, asked, steps } = await post(
      orderOf({ token: plainToken, budget: "1000000", fee: "1" }),
    );

    expect(result).toMatchObject({ code: "CW4015" });
    expect(steps.prepare.state).toBe("failed");
    expect(asked).toEqual([]);
  });

  test("a project whose files nobody takes is posted all the same; they are handed over again", async () => {
    isUp = false;
    const { result, projectId, files, steps } = await post(orderOf());
    expect(result).toMatchObject({ code: "CW7016", message: expect.stringMatching(/503/) });
    expect(projectId).toBeGreaterThan(0n);
    expect(steps.post.state).toBe("done");

    isUp = true;
    taken.length = 0;
    const events: PostingEvent[] = [];
    const tell = (event: PostingEvent) => void events.push(event);
    await handOver({ chain, projectId: projectId as bigint, files: files as MadeFiles, tell });
    expect(taken).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ name: "upload", step: { state: "done" } });
  });

  test("a hash that the chain does not know is no posting", async () => {
    expect(await findPosting(chain, `0x${"ab".repeat(32)}`)).toBeUndefined();
  });

  test("files are what their addresses say", async () => {
    const { files } = await post(orderOf());
    const { prepared, contentStore } = files as MadeFiles;
    const bytes = await contentStore.get(prepared.modelCid, { maxBytes: 10_000 });

    expect(await createMemoryStore().put(bytes, { codec: "file" })).toBe(prepared.modelCid);
    expect(prepared.escrowWei).toBe(2n * ETHER + (5n * ETHER) / 100n);
  });
});
