import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContractFactory, type InterfaceAbi, type Signer } from "ethers";
import hre from "hardhat";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import { registerParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { bondAggregator, readProject } from "../../services/adapters/chain/projects/project.ts";
import type { ProjectTerms } from "../../services/adapters/chain/projects/project-terms.ts";
import {
  openRound,
  settleRound,
  submitUpdate,
} from "../../services/adapters/chain/rounds/round.ts";
import {
  readSubmissions,
  type Submission,
} from "../../services/adapters/chain/rounds/round-events.ts";
import { approveVault } from "../../services/adapters/chain/tokens/token.ts";
import { topUpWrapped } from "../../services/adapters/chain/tokens/token-balance.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import {
  DEVELOPMENT_MNEMONIC,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../../services/adapters/envelope/key-file.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import { createIntake } from "../../services/aggregator/intake/intake.ts";
import { createMetrics } from "../../services/aggregator/metrics.ts";
import { startHttpServer } from "../../services/aggregator/server/http-server.ts";
import type { ServiceStatus } from "../../services/aggregator/service-status.ts";
import { openRoundStore } from "../../services/aggregator/store/round-store.ts";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { defaultMarketOptions, marketTerms } from "../../services/market/market-plan.ts";
import { postPreparedProject, prepareProject } from "../../services/owner/posting/post-project.ts";
import type { BundlePayload } from "../../services/protocol/bundle/bundle-payload.ts";
import { openBundle } from "../../services/protocol/bundle/open-bundle.ts";
import type { ContentStore } from "../../services/protocol/content-store.ts";
import { commitUpdate } from "../../services/protocol/gram/commitment.ts";
import { parseManifest } from "../../services/protocol/manifest/manifest.ts";
import { commitmentHash, unopened } from "../../services/protocol/market/submissions.ts";
import { joinWithStake } from "../../services/worker/join-project.ts";
import { packOutcome, somePoint } from "../integration/market-chain.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";

const NAMES = [
  ...["deployer", "owner", "aggregator", "trainer-1", "trainer-2", "trainer-3"],
  ...["stranger"],
] as const;

const TRAINERS = ["trainer-1", "trainer-2", "trainer-3"];

/** A market with one project, for commands to be run against. */
export interface PlayedMarket {
  readonly projectId: bigint;
  /** Made for this market alone: configuration, samples, state. */
  readonly folder: string;
  readonly rpcUrl: string;
  readonly gatewayUrl: string;
  of(name: string): Chain;
  privateKeyOf(name: string): string;
  /** Plays a round: three updates, of which the last is rejected. */
  playRound(): Promise<void>;
  /** Opens the next round and leaves it; returns the CID of something that is there. */
  openNext(): Promise<string>;
  /** Submits something in the open round for these trainers. */
  submitAs(names: readonly string[]): Promise<void>;
  /** Settles the open round with what was submitted: the first two updates are accepted. */
  settle(): Promise<void>;
  /** Whether the aggregator has a trainer's key of a round. */
  hasKeyOf(name: string, roundIndex: number): boolean;
  /** The update that a trainer submitted, opened with the key that it released to the aggregator. */
  openUpdateOf(name: string, roundIndex: number): Promise<BundlePayload>;
  /** State folder with the aggregator's encryption key. */
  readonly aggregatorFolder: string;
  /** The configuration file's content. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Stops the aggregator's IPFS node alone. */
  stopIpfs(): Promise<void>;
  stop(): Promise<void>;
}

/** Rows whose class is the first feature's sign and size, in three classes. */
function samplesCsv(rows: number): string {
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
  const line = (row: number) => {
    const kind = row % 3;
    const values = names.map((_, index) =>
      (((row * 7 + index * 13) % 11) / 11 + (index % 3 === kind ? 1 : 0)).toFixed(3),
    );
    return [...values, "abc"[kind]].join(",");
  };
  return [
    [...names, "kind"].join(","),
    ...Array.from({ length: rows }, (_, row) => line(row)),
  ].join("\n");
}

const manifest = parseManifest({
  ...MANIFEST,
  title: "Three kinds",
  model: logisticRegression({ features: 12, classes: 3 }),
  data: {
    inputShape: [12],
    classes: ["a", "b", "c"],
    table: { columns: Array.from({ length: 12 }, (_, index) => `f${index}`), target: "kind" },
  },
});

/**
 * Starts a chain and a market on it whose verifier believes everything, with a posted project that three trainers have joined. Rounds are
 * played without training and proving: for commands that read a history, not for what the history proves.
 *
 * @param changes To the project's terms.
 * @param around.isProven Deploys the real verifier instead: then no round can be played.
 */
export async function startPlayedMarket(
  changes: Partial<ProjectTerms> = {},
  around: { readonly isProven?: boolean } = {},
): Promise<PlayedMarket> {
  const folder = mkdtempSync(join(tmpdir(), "commonweight cli "));
  const node = await startEmbeddedChain({ accountCount: NAMES.length });
  const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, NAMES.length);
  const privateKeyOf = (name: string) =>
    accounts[(NAMES as readonly string[]).indexOf(name)]?.privateKey as string;
  const { signer, close } = connectSigner(node.rpcUrl, node.chainId, privateKeyOf("deployer"));
  const verifier = around.isProven ? developmentSetup() : await deployScriptedVerifier(signer);
  const { addresses } = await deployMarket({ signer, verifier });
  close();
  const chains = new Map<string, Chain>();
  for (const name of NAMES) {
    const privateKey = privateKeyOf(name);
    chains.set(
      name,
      await connectChain({
        ...{ rpcUrl: node.rpcUrl, addresses, privateKey },
        pollingIntervalMs: 50,
      }),
    );
  }
  const of = (name: string) => chains.get(name) as Chain;

  const ipfs = await openIpfsNode();
  const envelope = createHpkeEnvelope();
  const aggregatorFolder = join(folder, "aggregator");
  const keys = await loadEncryptionKeys(join(aggregatorFolder, "encryption-key.json"), envelope);
  const store = openRoundStore(":memory:", { append: () => {}, read: () => [] });
  const refuse = () => Promise.reject(new Error("not asked for"));
  const server = await startHttpServer({
    port: 0,
    host: "127.0.0.1",
    intake: createIntake({ chain: of("aggregator"), store, onMultiaddrs: () => {} }),
    status: {
      evaluations: (id: bigint) => ({ evaluations: store.listEvaluations(id) }),
      market: () => ({
        ...{ chainId: node.chainId, rpcUrl: node.rpcUrl, addresses },
        aggregator: of("aggregator").account,
      }),
      ipfs: () => ({ peerId: ipfs.peerId, multiaddrs: ipfs.addresses() }),
    } as Partial<ServiceStatus> as ServiceStatus,
    metrics: createMetrics(),
    readBlock: (cid) => ipfs.getBlock(cid),
    exportCar: () => {
      throw new Error("not asked for");
    },
    grantModelKey: refuse,
    files: { want: refuse, take: refuse },
  });
  await registerParticipant(of("aggregator"), {
    encryptionKey: `0x${Buffer.from(keys.publicKey).toString("hex")}`,
    payoutAddress: of("aggregator").account as string,
    endpoint: server.url,
  });
  const projectId = await postProject(of, ipfs, changes);
  writeFileSync(join(folder, "samples.csv"), samplesCsv(240));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const { market, wrappedNative, deployBlock } = addresses;
  const config = {
    networks: {
      embedded: { rpcUrl: node.rpcUrl, chainId: 31337, market, wrappedNative, deployBlock },
      moon: { rpcUrl: node.rpcUrl, chainId: 1, market, wrappedNative, deployBlock },
      away: { rpcUrl: "http://127.0.0.1:1", chainId: 31337, market, wrappedNative, deployBlock },
      bare: { rpcUrl: node.rpcUrl, chainId: 31337 },
    },
  };
  writeFileSync(join(folder, "commonweight.config.json"), JSON.stringify(config));
  const rounds = roundPlayer(of, ipfs, projectId);
  return {
    ...{ projectId, folder, rpcUrl: node.rpcUrl, gatewayUrl: server.url, of, privateKeyOf },
    ...rounds,
    ...{ config, aggregatorFolder },
    hasKeyOf: (name, roundIndex) =>
      store.listKeys(projectId, roundIndex).some(({ sender }) => sender === of(name).account),
    openUpdateOf: async (name, roundIndex) => {
      const chain = of(name);
      const { terms } = await readProject(chain, projectId);
      const { parameterCount, fractionBits } = terms;
      const trainer = chain.account as string;
      const found = await readSubmissions(chain, projectId, roundIndex);
      const { bundleCid, commitmentHash } = found.find(
        (each) => each.trainer === trainer,
      ) as Submission;
      const released = store
        .listKeys(projectId, roundIndex)
        .find(({ sender }) => sender === trainer);
      const contentKey = Uint8Array.from(Buffer.from(released?.contentKey.slice(2) ?? "", "hex"));
      await using curve = await openCurve({ parameterCount });
      return await openBundle({
        ...{ envelope, parameterCount, fractionBits, secrets: { contentKey, keys } },
        bytes: await ipfs.get(bundleCid),
        associated: {
          ...{ chainId: chain.chainId, market: chain.addresses.market, projectId, roundIndex },
          ...{ trainer, commitmentHash },
        },
        commit: (opened) => commitUpdate(curve, opened),
      });
    },
    stopIpfs: () => ipfs.stop(),
    stop: async () => {
      await server.stop();
      await ipfs.stop();
      store.close();
      for (const chain of chains.values()) chain.close();
      await node.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function deployScriptedVerifier(signer: Signer): Promise<{ address: string }> {
  await hre.tasks
    .getTask("build")
    .run({ files: ["test/contracts/mocks/ScriptedVerifier.sol"], quiet: true });
  const { abi, bytecode } = await hre.artifacts.readArtifact("ScriptedVerifier");
  const verifier = await new ContractFactory(abi as InterfaceAbi, bytecode, signer).deploy();
  await verifier.waitForDeployment();
  return { address: await verifier.getAddress() };
}

async function postProject(
  of: (name: string) => Chain,
  contentStore: ContentStore,
  changes: Partial<ProjectTerms>,
) {
  const owner = of("owner");
  const aggregator = of("aggregator").account as string;
  const terms = marketTerms(
    { ...defaultMarketOptions, slots: 8, rounds: 5, terms: changes },
    // The aggregator is its own referee, so that no signature of somebody else's is needed to open a round.
    { rewardToken: owner.addresses.wrappedNative, referee: aggregator, aggregators: [aggregator] },
  );
  await using curve = await openCurve({ parameterCount: 39 });
  const prepared = await prepareProject({ chain: owner, curve, contentStore, manifest, terms });
  await topUpWrapped(owner, terms.rewardToken, prepared.escrowWei);
  const { projectId } = await postPreparedProject(owner, prepared);
  await topUpWrapped(of("aggregator"), terms.rewardToken, terms.aggregatorBondWei);
  await approveVault(of("aggregator"), terms.rewardToken, terms.aggregatorBondWei);
  await bondAggregator(of("aggregator"), projectId);
  for (const name of TRAINERS) {
    await joinWithStake(of(name), {
      projectId,
      encryptionKey: new Uint8Array(32).fill(7),
      confirm: async () => {},
    });
  }
  return projectId;
}

function roundPlayer(of: (name: string) => Chain, contentStore: ContentStore, projectId: bigint) {
  let roundIndex = 0;
  const filler = 2n ** 253n - 1n;
  const point = somePoint(3000n);

  const open = async () => {
    const cid = await contentStore.put(new TextEncoder().encode(`reference ${roundIndex}`));
    const request = {
      ...{ projectId, roundIndex, referenceCid: cid, payGradientCid: cid, jobCid: "" },
      reference: somePoint(1000n + BigInt(roundIndex)),
      payGradient: somePoint(2000n + BigInt(roundIndex)),
    };
    await openRound(of("aggregator"), { reference: request, refereeSignature: "0x" });
    return { ...request, cid };
  };

  let opened: Awaited<ReturnType<typeof open>> | undefined;

  const openNext = async () => {
    opened = await open();
    return opened.cid;
  };
  const submitAs = async (names: readonly string[]) => {
    for (const name of names) {
      const commitment = somePoint(
        10_000n * BigInt(roundIndex + 1) + BigInt(TRAINERS.indexOf(name)),
      );
      const bundleCid = opened?.cid as string;
      await submitUpdate(of(name), {
        ...{ projectId, roundIndex, bundleCid },
        commitmentHash: commitmentHash(of(name).account as string, commitment),
      });
    }
  };
  const settle = async () => {
    const { reference, payGradient, cid } = opened as Awaited<ReturnType<typeof open>>;
    const submissions = await readSubmissions(of("aggregator"), projectId, roundIndex);
    const project = await readProject(of("aggregator"), projectId);
    await settleRound(of("aggregator"), {
      modelY: project.modelCommitment.y,
      aggregateY: project.aggregateCommitment.y,
      ...{ projectId, roundIndex, reference, payGradient },
      commitments: submissions.map(({ commitmentHash }) => unopened(commitmentHash)),
      trainers: submissions.map(({ trainer }) => trainer),
      excludedMask: 0,
      exclusionReasons: [],
      newModelCid: cid,
      proof: {
        gram: {
          ...{ S: point, R: point, Q: point, W: point, mu: filler, rhoA: filler },
          ...{ a: filler, aInv: filler, s: filler },
        },
        dummyCommitment: point,
        gramHash: filler,
        outcomeWords: packOutcome(8, [
          { share: 40_000, weight: 600, verdict: 1 },
          { share: 25_535, weight: 424, verdict: 1 },
          { share: 0, weight: 0, verdict: 6 },
        ]),
        aggregateCommitment: point,
        groth16: new Array<bigint>(8).fill(filler),
      },
    });
    roundIndex += 1;
  };
  return {
    ...{ openNext, submitAs, settle },
    playRound: async () => {
      await openNext();
      await submitAs(TRAINERS);
      await settle();
    },
  };
}
