import { ContractFactory, getCreateAddress, type Interface, type Signer } from "ethers";
import { CommonweightError } from "../../protocol/errors.ts";
import type { MarketAddresses } from "./addresses.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { marketReaderBytecode } from "./generated/bytecode/market-reader.ts";
import { participantRegistryBytecode } from "./generated/bytecode/participant-registry.ts";
import { projectRulesBytecode } from "./generated/bytecode/project-rules.ts";
import { rewardVaultBytecode } from "./generated/bytecode/reward-vault.ts";
import { roundClosingBytecode } from "./generated/bytecode/round-closing.ts";
import { roundOpeningBytecode } from "./generated/bytecode/round-opening.ts";
import {
  roundSettlementBytecode,
  roundSettlementLibraries,
} from "./generated/bytecode/round-settlement.ts";
import { roundVerifierBytecode } from "./generated/bytecode/round-verifier.ts";
import { trainerRosterBytecode } from "./generated/bytecode/trainer-roster.ts";
import {
  trainingMarketBytecode,
  trainingMarketLibraries,
} from "./generated/bytecode/training-market.ts";
import { wrappedNativeBytecode } from "./generated/bytecode/wrapped-native.ts";
import { participantRegistryAbi } from "./generated/participant-registry.ts";
import { rewardVaultAbi } from "./generated/reward-vault.ts";
import { roundVerifierAbi } from "./generated/round-verifier.ts";
import { trainingMarketAbi } from "./generated/training-market.ts";
import { wrappedNativeAbi } from "./generated/wrapped-native.ts";

/** What the verifier is made of: a setup and one key contract per rule and number of slots. */
export interface VerifierSetup {
  /** The power of tau in the second group, imaginary parts first. */
  readonly tauG2: { readonly x: readonly [bigint, bigint]; readonly y: readonly [bigint, bigint] };
  /** Whether some secret of the setup is public, so that proofs under it prove nothing. */
  readonly isDevelopment: boolean;
  /** What the setup is, in words for people. */
  readonly label: string;
  /** 32 bytes of hex: checksum of the file that the setup comes from. */
  readonly checksum: string;
  /** Creation code of the generated key contracts. */
  readonly keys: readonly { readonly name: string; readonly bytecode: string }[];
}

/** What {@link deployMarket} did: enough to verify every contract's source on an explorer. */
export interface Deployment {
  readonly chainId: bigint;
  readonly addresses: MarketAddresses;
  /** Contract name -> address and constructor arguments, libraries and keys included. */
  readonly contracts: Readonly<
    Record<string, { readonly address: string; readonly constructorArguments: readonly unknown[] }>
  >;
}

type Abi = ConstructorParameters<typeof Interface>[0];

/** Puts library addresses into creation code. */
function linked(
  bytecode: string,
  placeholders: Readonly<Record<string, string>>,
  addresses: Readonly<Record<string, { readonly address: string }>>,
): string {
  return Object.entries(placeholders).reduce((code, [name, placeholder]) => {
    const address = addresses[name]?.address;
    if (address === undefined) throw new CommonweightError(chainErrors.malformed, `no ${name}`);
    return code.replaceAll(placeholder, address.slice(2).toLowerCase());
  }, bytecode);
}

/**
 * Deploys a whole market: wrapper for the native coin, verifier with its keys, libraries, registry,
 * vault and market. The same path for the embedded chain and for public networks.
 *
 * Registry and vault know the market's address before it exists (it follows from the signer's next
 * nonces), so no contract needs a setter, an owner or an initializer. The signer must send nothing
 * else meanwhile; if it does, the market's constructor refuses.
 *
 * @param options.verifier A setup to deploy a verifier for, or the address of one.
 * @param options.signer Pays for about 12 million gas and has no special rights afterwards.
 * @throws CW2200-CW2203 as any transaction.
 */
export async function deployMarket(options: {
  signer: Signer;
  verifier: VerifierSetup | { readonly address: string };
  signal?: AbortSignal;
  onProgress?: (contract: string, address: string) => void;
}): Promise<Deployment> {
  const { signer, verifier, signal, onProgress } = options;
  const provider = signer.provider;
  if (provider === null)
    throw new CommonweightError(chainErrors.unreachable, "signer without node");
  const contracts: Record<string, { address: string; constructorArguments: unknown[] }> = {};

  async function deploy(name: string, abi: Abi, bytecode: string, args: unknown[] = []) {
    signal?.throwIfAborted();
    try {
      const contract = await new ContractFactory(abi, bytecode, signer).deploy(...args);
      await contract.waitForDeployment();
      const address = await contract.getAddress();
      contracts[name] = { address, constructorArguments: args };
      onProgress?.(name, address);
      return address;
    } catch (cause) {
      throw toChainError(cause, `deploying ${name} as ${await signer.getAddress()}`);
    }
  }

  const deployBlock = await provider.getBlockNumber();
  const wrappedNative = await deploy("WrappedNative", wrappedNativeAbi, wrappedNativeBytecode);
  const verifierAddress =
    "address" in verifier ? verifier.address : await deployVerifier(verifier, deploy);

  await deploy("MarketReader", [], marketReaderBytecode);
  await deploy("ProjectRules", [], projectRulesBytecode);
  await deploy("RoundClosing", [], roundClosingBytecode);
  await deploy("RoundOpening", [], roundOpeningBytecode);
  await deploy("TrainerRoster", [], trainerRosterBytecode);
  const settlementCode = linked(roundSettlementBytecode, roundSettlementLibraries, contracts);
  await deploy("RoundSettlement", [], settlementCode);

  const from = await signer.getAddress();
  const nonce = await provider.getTransactionCount(from, "pending");
  const marketAddress = getCreateAddress({ from, nonce: nonce + 2 });
  const registry = await deploy(
    "ParticipantRegistry",
    participantRegistryAbi,
    participantRegistryBytecode,
    [marketAddress],
  );
  const vault = await deploy("RewardVault", rewardVaultAbi, rewardVaultBytecode, [marketAddress]);
  const market = await deploy(
    "TrainingMarket",
    trainingMarketAbi,
    linked(trainingMarketBytecode, trainingMarketLibraries, contracts),
    [verifierAddress, registry, vault],
  );
  const addresses = {
    market,
    vault,
    registry,
    verifier: verifierAddress,
    wrappedNative,
    deployBlock,
  };
  return { chainId: (await provider.getNetwork()).chainId, addresses, contracts };
}

async function deployVerifier(
  setup: VerifierSetup,
  deploy: (name: string, abi: Abi, bytecode: string, args?: unknown[]) => Promise<string>,
): Promise<string> {
  const keys: string[] = [];
  for (const { name, bytecode } of setup.keys) keys.push(await deploy(name, [], bytecode));
  return deploy("RoundVerifier", roundVerifierAbi, roundVerifierBytecode, [
    setup.tauG2,
    setup.isDevelopment,
    setup.label,
    setup.checksum,
    keys,
  ]);
}

/** The deployment as JSON that the command line and the web read; bigints as decimal strings. */
export function deploymentJson(deployment: Deployment): string {
  const plain = (_: string, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value;
  return `${JSON.stringify(deployment, plain, 2)}\n`;
}
