import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import { readReaderKeys } from "../../services/adapters/chain/projects/model-readers.ts";
import { registerParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { requiredEscrow } from "../../services/adapters/chain/projects/post-project.ts";
import { countProjects } from "../../services/adapters/chain/projects/project.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { createMemoryStore } from "../../services/adapters/content-store/memory-store.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import {
  DEVELOPMENT_MNEMONIC,
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import type { Intake } from "../../services/aggregator/intake/intake.ts";
import { createMetrics } from "../../services/aggregator/metrics.ts";
import { startHttpServer } from "../../services/aggregator/server/http-server.ts";
import { createModelKeys } from "../../services/aggregator/server/model-keys.ts";
import { createProjectFiles } from "../../services/aggregator/server/project-files.ts";
import type { ServiceStatus } from "../../services/aggregator/service-status.ts";
import { checkSealedModel } from "../../services/auditor/checks/check-sealed-model.ts";
import { createModelKeyring } from "../../services/command-line/model-keyring.ts";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { defaultMarketOptions, marketTerms } from "../../services/market/market-plan.ts";
import { postPreparedProject, prepareProject } from "../../services/owner/posting/post-project.ts";
import { publishProject } from "../../services/owner/posting/publish-project.ts";
import { registerEncryptionKey } from "../../services/owner/posting/register-encryption-key.ts";
import type { Curve } from "../../services/protocol/curve.ts";
import { parseManifest } from "../../services/protocol/manifest/manifest.ts";
import { loadModel } from "../../services/protocol/model/load-model.ts";
import type { ModelKeyring } from "../../services/protocol/model/private-model.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { joinWithStake } from "../../services/worker/join-project.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";

const envelope = createHpkeEnvelope();
const names = ["deployer", "owner", "referee", "aggregator", "trainer", "stranger"] as const;
type Name = (typeof names)[number];

const model = logisticRegression({ features: 12, classes: 3 });
const manifest = parseManifest({
  ...MANIFEST,
  model,
  data: { inputShape: [12], classes: ["a", "b", "c"] },
});

describe("a private project's models", () => {
  const contentStore = createMemoryStore();
  const chains = new Map<Name, Chain>();
  const pairs = new Map<Name, EncryptionKeyPair>();
  const of = <T>(map: Map<Name, T>, name: Name) => map.get(name) as T;
  let node: EmbeddedChain;
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let curve: Curve & AsyncDisposable;
  let projectId: bigint;

  beforeAll(async () => {
    node = await startEmbeddedChain({ accountCount: names.length });
    const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, names.length);
    const { signer, close } = connectSigner(
      node.rpcUrl,
      node.chainId,
      accounts[0]?.privateKey as string,
    );
    const { addresses } = await deployMarket({
      signer,
      verifier: developmentSetup(),
    });
    close();
    for (const [index, name] of names.entries()) {
      const { privateKey } = accounts[index] as (typeof accounts)[number];
      chains.set(name, await connectChain({ rpcUrl: node.rpcUrl, addresses, privateKey }));
      pairs.set(name, await envelope.generateKeyPair());
    }
    server = await startHttpServer({
      port: 0,
      host: "127.0.0.1",
      intake: {} as Intake,
      // Says whatever it likes about where it can be dialled: nobody's posting ends by it.
      status: {
        ipfs: () => ({ peerId: "nobody", multiaddrs: ["no address", "/ip4/127.0.0.1/tcp/1"] }),
      } as unknown as ServiceStatus,
      metrics: createMetrics(),
      readBlock: () => Promise.reject(new Error("not asked for")),
      exportCar: () => {
        throw new Error("not asked for");
      },
      grantModelKey: createModelKeys({
        chain: of(chains, "aggregator"),
        contentStore,
        store: { listModelCopies: () => [] },
        envelope,
        keys: of(pairs, "aggregator"),
      }),
      files: createProjectFiles({
        chain: of(chains, "aggregator"),
        account: of(chains, "aggregator").account as string,
        contentStore,
      }),
    });
    for (const name of ["owner", "aggregator", "trainer", "stranger"] as const) {
      await registerParticipant(of(chains, name), {
        encryptionKey: `0x${Buffer.from(of(pairs, name).publicKey).toString("hex")}`,
        payoutAddress: of(chains, name).account as string,
        endpoint: name === "aggregator" ? server.url : "",
      });
    }
    curve = await openCurve({ parameterCount: 39 });
    projectId = await post();
  });

  afterAll(async () => {
    await server?.stop();
    for (const chain of chains.values()) chain.close();
    await curve?.[Symbol.asyncDispose]();
    await node?.stop();
  });

  const privateTerms = () =>
    ({
      ...marketTerms(
        { ...defaultMarketOptions, slots: 8 },
        {
          rewardToken: of(chains, "owner").addresses.wrappedNative,
          referee: of(chains, "referee").account as string,
          aggregators: [of(chains, "aggregator").account as string],
        },
      ),
      modelVisibility: "private",
    }) as const;

  async function post(): Promise<bigint> {
    const chain = of(chains, "owner");
    const owner = chain.account as string;
    const terms = privateTerms();
    const prepared = await prepareProject({
      ...{ chain, curve, contentStore, manifest, terms },
      sealTo: { envelope, readers: await readReaderKeys(chain, { owner, terms }) },
    });
    await topUpWrapped(chain, terms.rewardToken, prepared.escrowWei);
    return (await postPreparedProject(chain, prepared)).projectId;
  }

  const newest = async (project = projectId) => {
    const chain = of(chains, "owner");
    const published = (await readModels(chain, project)).at(-1);
    if (published === undefined) throw new Error("nothing published");
    const { owner } = await readPosting(chain, project);
    return { ...published, owner, chainId: chain.chainId, market: chain.addresses.market };
  };

  async function read(keyring: ModelKeyring | undefined, project = projectId) {
    const { fractionBits } = manifest.fixedPoint;
    const wanted = {
      ...(await newest(project)),
      ...{ projectId: project, fractionBits, parameterCount: 39 },
    };
    const loaded = await loadModel(curve, contentStore, wanted, { keyring }).catch(
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
    return typeof loaded === "string" ? loaded : loaded.integers.length;
  }

  const keyringOf = (name: Name, project = projectId) => {
    const chain = of(chains, name);
    return createModelKeyring(chain, {
      projectId: project,
      aggregators: [of(chains, "aggregator").account as string],
      account: chain.account,
      envelope,
      keys: of(pairs, name),
    });
  };

  it("are sealed: neither a gateway nor anybody without a key reads a parameter", async () => {
    const published = await newest();
    const bytes = await contentStore.get(published.cid);

    expect(checkSealedModel(bytes, published)).toMatchObject({
      isPassed: true,
      detail: "sealed to 2 readers for this commitment",
    });
    expect(Buffer.from(bytes).includes("commonweight.integers")).toBe(false);
    expect(await read(undefined)).toBe("CW1822");
  });

  it("open for the owner and the aggregator, who are named in the file", async () => {
    expect(await read(keyringOf("owner"))).toBe(39);
    expect(await read(keyringOf("aggregator"))).toBe(39);
  });

  it("open for a trainer from when it has joined, and for nobody who has not", async () => {
    expect(await read(keyringOf("trainer"))).toBe("CW1822");

    await joinWithStake(of(chains, "trainer"), {
      projectId,
      encryptionKey: of(pairs, "trainer").publicKey,
      confirm: async () => {},
    });

    expect(await read(keyringOf("trainer"))).toBe(39);
    expect(await read(keyringOf("stranger"))).toBe("CW1822");
  });

  it("open for who joined later whatever another aggregator grants that is asked before", async () => {
    const liar = of(chains, "deployer");
    const sealedKey = `0x${"5a".repeat(80)}`;
    const lying = createServer((_, response) => response.end(JSON.stringify({ sealedKey })));
    await new Promise<void>((resolve) => lying.listen(0, "127.0.0.1", resolve));
    await registerParticipant(liar, {
      encryptionKey: `0x${Buffer.from(of(pairs, "deployer").publicKey).toString("hex")}`,
      payoutAddress: liar.account as string,
      endpoint: `http://127.0.0.1:${(lying.address() as AddressInfo).port}`,
    });
    const asked = (...aggregators: Name[]) =>
      createModelKeyring(of(chains, "trainer"), {
        projectId,
        aggregators: aggregators.map((name) => of(chains, name).account as string),
        account: of(chains, "trainer").account,
        envelope,
        keys: of(pairs, "trainer"),
      });

    expect(await read(asked("deployer"))).toBe("CW1823");
    expect(await read(asked("deployer", "aggregator"))).toBe(39);
    lying.close();
  });

  it("are granted under the registered key alone: asking in a trainer's name gives nothing away", async () => {
    const trainer = of(chains, "trainer").account as string;
    const asTrainer = createModelKeyring(of(chains, "stranger"), {
      projectId,
      aggregators: [of(chains, "aggregator").account as string],
      account: trainer,
      envelope,
      keys: of(pairs, "stranger"),
    });

    expect(await read(asTrainer)).toBe("CW1823");
  });

  it("are refused with a reason over HTTP", async () => {
    const { cid } = await newest();
    const ask = async (path: string) => {
      const response = await fetch(`${server.url}/v1/projects/${path}`);
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    const stranger = of(chains, "stranger").account;

    expect(await ask(`${projectId}/models/${cid}/keys/${stranger}`)).toEqual([403, "CW5007"]);
    expect(await ask(`${projectId}/models/${cid.slice(0, -1)}x/keys/${stranger}`)).toEqual([
      404,
      "CW5006",
    ]);
    expect(await ask(`${projectId}/models/${cid}/keys/0x12`)).toEqual([400, "CW5005"]);
  });

  it("are granted to nobody who names one, and its aggregator, in a project of its own", async () => {
    const chain = of(chains, "stranger");
    const { cid, commitment } = await newest();
    const { manifestCid, terms } = await readPosting(chain, projectId);
    const escrowWei = await requiredEscrow(chain, terms);
    await topUpWrapped(chain, terms.rewardToken, escrowWei);
    const copied = { terms, manifestCid, modelCid: cid, modelCommitment: commitment, escrowWei };
    const { projectId: own } = await postPreparedProject(chain, copied);

    const asked = await fetch(
      `${server.url}/v1/projects/${own}/models/${cid}/keys/${chain.account}`,
    );
    expect(await asked.json()).toMatchObject({ code: "CW1823" });
    expect(await read(keyringOf("stranger", own), own)).toBe("CW1823");
    expect(await read(keyringOf("aggregator", own), own)).toBe("CW1823");
  });

  it("fail the audit when they lie in the open, or are sealed for another model", async () => {
    const published = await newest();
    const bytes = await contentStore.get(published.cid);
    const other = { x: published.commitment.y, y: published.commitment.x };

    expect(checkSealedModel(new Uint8Array(100), published).isPassed).toBe(false);
    expect(checkSealedModel(bytes, { ...published, commitment: other }).isPassed).toBe(false);
    expect(checkSealedModel(bytes.slice(0, 90), published).isPassed).toBe(false);
  });

  it("are sealed to the key at hand or not posted: an owner who has registered another is told so", async () => {
    const other = await envelope.generateKeyPair();

    await expect(registerEncryptionKey(of(chains, "owner"), other)).rejects.toMatchObject({
      code: "CW4090",
    });
    await expect(
      registerEncryptionKey(of(chains, "owner"), of(pairs, "owner")),
    ).resolves.toBeUndefined();
  });

  it("that no aggregator fetches in time are said to be missing, with the number of the posted project", async () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight unfetched "));
    const posted: bigint[] = [];
    const before = await countProjects(of(chains, "owner"));

    const publishing = publishProject({
      ...{ chain: of(chains, "owner"), manifest, terms: privateTerms(), waitMs: 0 },
      ...{ ipfsFolder: join(folder, "ipfs"), cacheDir: join(folder, "cache") },
      encryptionKeys: async () => of(pairs, "owner"),
      signal: new AbortController().signal,
      onProgress: () => {},
      confirm: async () => {},
      onPosted: async (project) => void posted.push(project.projectId),
    });

    await expect(publishing).rejects.toMatchObject({
      code: "CW4014",
      details: { projectId: String(before + 1) },
    });
    expect(posted).toEqual([BigInt(before + 1)]);
    rmSync(folder, { recursive: true });
  });
});
