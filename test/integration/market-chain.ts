import {
  BrowserProvider,
  Contract,
  ContractFactory,
  type ContractTransactionReceipt,
  type Eip1193Provider,
  type InterfaceAbi,
  type JsonRpcSigner,
} from "ethers";
import hre from "hardhat";
import { deployMarket, type VerifierSetup } from "../../services/adapters/chain/deploy.ts";
import { participantRegistryAbi } from "../../services/adapters/chain/generated/participant-registry.ts";
import { rewardVaultAbi } from "../../services/adapters/chain/generated/reward-vault.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";
import { referenceTypes } from "../../services/adapters/chain/sign.ts";
import type { G1Point } from "../../services/protocol/curve.ts";
import { packPoint } from "../../services/protocol/gram/packed-point.ts";
import { g1 } from "./trapdoor-groth16.ts";

/** Only what these tests deploy besides the generated creation code of the product. */
const SOURCES = [
  "test/contracts/mocks/HostileTokens.sol",
  "test/contracts/mocks/ScriptedVerifier.sol",
  "test/contracts/mocks/BookkeepingVariants.sol",
  "test/contracts/support/CallMeter.sol",
  "test/contracts/support/FixedKey.sol",
  "test/contracts/support/Twins.sol",
];

/** 36 bytes, as a binary CIDv1 has. */
export const SOME_CID = `0x01551220${"5a".repeat(32)}`;

/** A simulated chain with a market whose time is ours, and accounts by index. */
export interface MarketChain {
  readonly market: Contract;
  readonly vault: Contract;
  readonly registry: Contract;
  readonly token: Contract;
  readonly signers: readonly JsonRpcSigner[];
  readonly provider: BrowserProvider;
  deploy(name: string, parameters?: readonly unknown[]): Promise<Contract>;
  /** Sends a transaction and returns its receipt. */
  send(
    from: JsonRpcSigner,
    contract: Contract,
    method: string,
    args: readonly unknown[],
  ): Promise<ContractTransactionReceipt>;
  passTime(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Deploys a market by the same path as everywhere, with a verifier of the test's choice.
 *
 * @param accounts How many there are; the last one deploys.
 */
export async function openMarketChain(
  deployVerifier: (deploy: MarketChain["deploy"]) => Promise<string | VerifierSetup>,
  accounts = 32,
): Promise<MarketChain> {
  await hre.tasks.getTask("build").run({ files: [...SOURCES], quiet: true });
  // Another harness in this process may have read the list of artifacts before these were built.
  await hre.artifacts.clearCache();
  const connection = await hre.network.create({
    network: "default",
    chainType: "l1",
    override: { chainId: 31337, accounts: { count: accounts } },
  });
  const provider = new BrowserProvider(connection.provider as Eip1193Provider, undefined, {
    cacheTimeout: -1,
    pollingInterval: 10,
  });
  const signers = await provider.listAccounts();
  const deployer = signers.at(-1) as JsonRpcSigner;

  async function deploy(name: string, parameters: readonly unknown[] = []): Promise<Contract> {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const factory = new ContractFactory(abi as unknown as InterfaceAbi, bytecode, deployer);
    const contract = await factory.deploy(...parameters);
    await contract.waitForDeployment();
    return contract as Contract;
  }

  const token = await deploy("SwitchedToken");
  const verifier = await deployVerifier(deploy);
  const { addresses } = await deployMarket({
    signer: deployer,
    verifier: typeof verifier === "string" ? { address: verifier } : verifier,
  });
  return {
    market: new Contract(addresses.market, trainingMarketAbi, provider),
    vault: new Contract(addresses.vault, rewardVaultAbi, provider),
    registry: new Contract(addresses.registry, participantRegistryAbi, provider),
    token,
    signers,
    provider,
    deploy,
    async send(from, contract, method, args) {
      const connected = contract.connect(from) as Contract;
      const response = await connected.getFunction(method).send(...args, { gasLimit: 16_000_000 });
      return (await response.wait()) as ContractTransactionReceipt;
    },
    async passTime(seconds) {
      await provider.send("evm_increaseTime", [seconds]);
      await provider.send("evm_mine", []);
    },
    close: () => connection.close(),
  };
}

/** Terms that a scenario starts from; amounts in wei of an 18-decimal token. */
export function someTerms(
  addresses: { token: string; referee: string; aggregators: readonly [string, string, string] },
  changes: Readonly<Record<string, unknown>> = {},
) {
  const ether = 10n ** 18n;
  return {
    rewardToken: addresses.token,
    budgetPerRoundWei: 1000n * ether,
    referee: addresses.referee,
    stakeWei: 10n * ether,
    fullWeightStakeWei: 0n,
    settleFeeWei: ether,
    normBoundSquared: 1n << 40n,
    aggregatorBondWei: 400n * ether,
    joinSeconds: 3600,
    openSeconds: 600,
    commitSeconds: 600,
    revealSeconds: 60,
    settleSeconds: 600,
    rounds: 10,
    extraRounds: 5,
    slots: 16,
    ruleId: 1,
    ruleParameterA: 0,
    ruleParameterB: 0,
    minTrainers: 3,
    maxTrainers: 13,
    minReliability: 0,
    parameterCount: 40,
    fractionBits: 12,
    flatBps: 1000,
    capBps: 5000,
    baseWeightKind: 0,
    modelVisibility: 0,
    maxStrikes: 0,
    payEvery: 5,
    usesPayGradient: true,
    aggregators: addresses.aggregators,
    ...changes,
  };
}

/** Who may do what in a scenario. */
export interface Cast {
  readonly owner: JsonRpcSigner;
  readonly primary: JsonRpcSigner;
  readonly standby: JsonRpcSigner;
  readonly trainers: readonly JsonRpcSigner[];
}

/** Owner, two aggregators and `count` trainers, funded and registered, each trainer with a cold address. */
export async function castOf(chain: MarketChain, count: number): Promise<Cast> {
  const [owner, primary, standby, ...rest] = chain.signers.slice(0, 3 + count);
  const trainers = rest;
  for (const signer of [owner, primary, standby, ...trainers] as JsonRpcSigner[]) {
    await chain.send(signer, chain.token, "mint", [signer.address, 10n ** 24n]);
    const vault = await chain.vault.getAddress();
    await chain.send(signer, chain.token, "approve", [vault, 2n ** 256n - 1n]);
  }
  for (const trainer of trainers) {
    const key = `0x${trainer.address.slice(2).padStart(64, "0")}`;
    await chain.send(trainer, chain.registry, "register", [key, coldAddress(trainer.address), ""]);
  }
  return { owner, primary, standby, trainers } as Cast;
}

/** The payout address of a test trainer: its address with the first byte replaced. */
export const coldAddress = (address: string): string => `0xc0${address.slice(4).toLowerCase()}`;

/** A commitment for tests of the market alone. */
export const somePoint = (seed: bigint): G1Point => g1(seed + 2n);

/** The struct of `openRound` for a round that the referee, here the sender, opens. */
export function openRequest(projectId: bigint, roundIndex: bigint) {
  return {
    projectId,
    roundIndex,
    referenceCommitment: somePoint(1000n + roundIndex),
    payGradientCommitment: somePoint(2000n + roundIndex),
    referenceCid: SOME_CID,
    payGradientCid: SOME_CID,
    jobCid: "0x",
    refereeSignature: "0x",
  };
}

/**
 * The same, signed by the referee.
 *
 * @param model Commitment of the model that it opens the round on; the project's own by default.
 */
export async function signedOpenRequest(
  chain: MarketChain,
  referee: JsonRpcSigner,
  projectId: bigint,
  roundIndex: bigint,
  model?: G1Point,
) {
  const request = openRequest(projectId, roundIndex);
  const modelCommitment =
    model ?? (await chain.market.getFunction("getProject")(projectId)).modelCommitment;
  const refereeSignature = await referee.signTypedData(
    {
      name: "Commonweight",
      version: "1",
      chainId: 31337,
      verifyingContract: await chain.market.getAddress(),
    },
    referenceTypes,
    {
      ...{ projectId, roundIndex, modelCommitment: packPoint(modelCommitment) },
      referenceX: request.referenceCommitment.x,
      referenceY: request.referenceCommitment.y,
      payGradientX: request.payGradientCommitment.x,
      payGradientY: request.payGradientCommitment.y,
      referenceCid: request.referenceCid,
      payGradientCid: request.payGradientCid,
      jobCid: request.jobCid,
    },
  );
  return { ...request, refereeSignature };
}

/** Outcome words from shares, weights and verdicts by trainer. */
export function packOutcome(
  slots: number,
  trainers: readonly { share: number; weight: number; verdict: number }[],
): bigint[] {
  const words = new Array<bigint>(Math.ceil((slots - 3) / 8)).fill(0n);
  trainers.forEach(({ share, weight, verdict }, index) => {
    const bits = BigInt(share) | (BigInt(weight) << 16n) | (BigInt(verdict) << 27n);
    words[index >> 3] = (words[index >> 3] as bigint) | (bits << BigInt(31 * (index % 8)));
  });
  return words;
}

/** What a settlement says of the points that the market stores without their second coordinate. */
export async function storedCoordinates(
  chain: MarketChain,
  projectId: bigint,
): Promise<{ modelY: bigint; aggregateY: bigint }> {
  const project = await chain.market.getFunction("getProject")(projectId);
  return { modelY: project.modelCommitment.y, aggregateY: project.aggregateCommitment.y };
}

/** The struct of `settleRound` with a proof that only the scripted verifier accepts. */
export async function settleRequest(
  chain: MarketChain,
  projectId: bigint,
  roundIndex: bigint,
  submissions: readonly { trainer: string; commitment: G1Point }[],
  outcomeWords: readonly bigint[],
) {
  const point = somePoint(3000n + roundIndex);
  const filler = 2n ** 253n - 1n;
  return {
    projectId,
    roundIndex,
    referenceCommitment: somePoint(1000n + roundIndex),
    payGradientCommitment: somePoint(2000n + roundIndex),
    ...(await storedCoordinates(chain, projectId)),
    trainers: submissions.map(({ trainer }) => trainer),
    commitments: submissions.map(({ commitment }) => commitment),
    excludedMask: 0,
    exclusionReasons: "0x",
    proof: {
      // Full words, so that the calldata costs what a real proof's does.
      gram: {
        S: point,
        R: point,
        Q: point,
        W: point,
        mu: filler,
        rhoA: filler,
        a: filler,
        aInv: filler,
        s: filler,
      },
      dummyCommitment: point,
      gramHash: filler,
      outcomeWords,
      aggregateCommitment: point,
      groth16: new Array<bigint>(8).fill(filler),
    },
    newModelCid: SOME_CID,
  };
}
