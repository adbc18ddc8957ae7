import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchEvaluations, postEvaluation } from "../../services/adapters/aggregator-client.ts";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import { registerParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { recoverMessageSigner, signMessage } from "../../services/adapters/chain/sign.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createIntake } from "../../services/aggregator/intake/intake.ts";
import { createMetrics } from "../../services/aggregator/metrics.ts";
import { startHttpServer } from "../../services/aggregator/server/http-server.ts";
import type { ServiceStatus } from "../../services/aggregator/service-status.ts";
import { openRoundStore } from "../../services/aggregator/store/round-store.ts";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import type { ModelEvaluation } from "../../services/learning/training/evaluation-history.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { defaultMarketOptions, marketTerms } from "../../services/market/market-plan.ts";
import { postPreparedProject, prepareProject } from "../../services/owner/posting/post-project.ts";
import { createEvaluationPublisher } from "../../services/owner/referee/evaluation-publisher.ts";
import { parseManifest } from "../../services/protocol/manifest/manifest.ts";
import { MAX_LOSS_MILLIONTHS } from "../../services/protocol/market/api.ts";
import { evaluationMessage } from "../../services/protocol/market/signed-messages.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";

const names = ["deployer", "owner", "referee", "aggregator", "away"] as const;
type Name = (typeof names)[number];

const SHA2_512_CID = CID.createV1(0x55, createDigest(0x13, new Uint8Array(64))).toString();

const measured: ModelEvaluation = {
  ...{ version: 0, samples: 40, accuracy: 0.325, loss: 1.0986 },
  confusion: [],
};

describe("a referee's evaluations", () => {
  const chains = new Map<Name, Chain>();
  const of = (name: Name) => chains.get(name) as Chain;
  let node: EmbeddedChain;
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let store: ReturnType<typeof openRoundStore>;
  let projectId: bigint;

  beforeAll(async () => {
    node = await startEmbeddedChain({ accountCount: names.length });
    const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, names.length);
    const keyOf = (index: number) => accounts[index]?.privateKey as string;
    const { signer, close } = connectSigner(node.rpcUrl, node.chainId, keyOf(0));
    const { addresses } = await deployMarket({ signer, verifier: developmentSetup() });
    close();
    for (const [index, name] of names.entries()) {
      chains.set(
        name,
        await connectChain({ rpcUrl: node.rpcUrl, addresses, privateKey: keyOf(index) }),
      );
    }
    store = openRoundStore(":memory:", { append: () => {}, read: () => [] });
    server = await startHttpServer({
      port: 0,
      host: "127.0.0.1",
      intake: createIntake({ chain: of("aggregator"), store, onMultiaddrs: () => {} }),
      status: {
        evaluations: (id: bigint) => ({ evaluations: store.listEvaluations(id) }),
      } as ServiceStatus,
      metrics: createMetrics(),
      readBlock: () => Promise.reject(new Error("not asked for")),
      exportCar: () => {
        throw new Error("not asked for");
      },
      grantModelKey: () => Promise.reject(new Error("not asked for")),
      files: {
        want: () => Promise.reject(new Error("not asked for")),
        take: () => Promise.reject(new Error("not asked for")),
      },
    });
    for (const name of ["aggregator", "away"] as const) {
      await registerParticipant(of(name), {
        encryptionKey: `0x${"11".repeat(32)}`,
        payoutAddress: of(name).account as string,
        endpoint: name === "aggregator" ? server.url : "http://127.0.0.1:1",
      });
    }
    projectId = await post();
  });

  afterAll(async () => {
    await server?.stop();
    store?.close();
    for (const chain of chains.values()) chain.close();
    await node?.stop();
  });

  async function post(): Promise<bigint> {
    const chain = of("owner");
    const manifest = parseManifest({
      ...MANIFEST,
      model: logisticRegression({ features: 12, classes: 3 }),
      data: { inputShape: [12], classes: ["a", "b", "c"] },
    });
    const terms = marketTerms(
      { ...defaultMarketOptions, slots: 8 },
      {
        rewardToken: chain.addresses.wrappedNative,
        referee: of("referee").account as string,
        aggregators: [of("away").account as string, of("aggregator").account as string],
      },
    );
    await using curve = await openCurve({ parameterCount: 39 });
    const contentStore = createMemoryStore();
    const prepared = await prepareProject({ chain, curve, contentStore, manifest, terms });
    await topUpWrapped(chain, terms.rewardToken, prepared.escrowWei);
    return (await postPreparedProject(chain, prepared)).projectId;
  }

  const context = () => ({
    chainId: of("referee").chainId,
    market: of("referee").addresses.market,
    projectId,
  });

  const publish = async (...evaluations: ModelEvaluation[]) => {
    const chain = of("referee");
    const aggregators = [of("away"), of("aggregator")].map(({ account }) => account as string);
    const { signal } = new AbortController();
    const tell = createEvaluationPublisher(chain, { projectId, aggregators, signal });
    const models = await readModels(chain, projectId);
    // What an aggregator may settle with: bytes that are no CID, and a CID of another hash than ours.
    const [initial] = models as [(typeof models)[number]];
    const unnamed = { ...initial, version: 5, cid: "" };
    const overlong = { ...initial, version: 6, cid: SHA2_512_CID };
    await tell(evaluations, [unnamed, overlong, ...models]);
    return (await fetchEvaluations(server.url, projectId)).evaluations;
  };

  it("reach the aggregators that answer, and show who measured which model", async () => {
    const [evaluation, ...others] = await publish(measured);

    expect(others).toEqual([]);
    expect(evaluation).toMatchObject({
      ...{ version: 0, samples: 40, accuracyMillionths: 325_000, lossMillionths: 1_098_600 },
      modelCid: (await readModels(of("owner"), projectId))[0]?.cid,
    });
    if (evaluation === undefined) return;
    const signer = recoverMessageSigner(
      evaluationMessage(context(), evaluation),
      evaluation.signature,
    );
    expect(signer).toBe(of("referee").account);
  });

  it("of a model that has diverged say the greatest loss there is", async () => {
    const [evaluation] = await publish({ ...measured, loss: Number.NaN });

    expect(evaluation?.lossMillionths).toBe(MAX_LOSS_MILLIONTHS);
  });

  it("of a model that has no name on chain, or one that is too long, are left out, and keep no other one back", async () => {
    const [evaluation, ...others] = await publish(
      { ...measured, version: 5 },
      { ...measured, version: 6 },
      { ...measured, accuracy: 0.5 },
    );

    expect(others).toEqual([]);
    expect(evaluation).toMatchObject({ version: 0, accuracyMillionths: 500_000 });
  });

  const body = {
    ...{ version: 0, modelCid: "bafkqaaa", samples: 1 },
    ...{ accuracyMillionths: 1_000_000, lossMillionths: 0 },
  };

  it("are taken from the referee alone", async () => {
    const signature = await signMessage(of("owner"), evaluationMessage(context(), body));
    const posted = postEvaluation(server.url, projectId, { ...body, signature });

    await expect(posted).rejects.toThrow(/signed by the referee/);
  });

  it("are of models that exist", async () => {
    const future = { ...body, version: 7 };
    const signature = await signMessage(of("referee"), evaluationMessage(context(), future));
    const posted = postEvaluation(server.url, projectId, { ...future, signature });

    await expect(posted).rejects.toThrow(/no model 7/);
  });
});
