import { Contract, ContractFactory, type InterfaceAbi, Interface } from "ethers";
import { BrowserProvider, type Eip1193Provider } from "ethers";
import hre from "hardhat";
import type { EvmG2Point, TrapdoorKey } from "./trapdoor-groth16.ts";

/** What a deployment of the verifier is made of. */
export interface SetupParameters {
  readonly tauG2: EvmG2Point;
  readonly isDevelopment?: boolean;
  readonly label?: string;
  readonly checksum?: string;
  readonly keys: readonly Pick<TrapdoorKey, "ruleId" | "slots" | "points">[];
}

/** A simulated chain in this process with a way to deploy our contracts. */
export interface VerifierChain {
  readonly provider: BrowserProvider;
  /** Interface that knows every error a verifier can raise. */
  readonly errors: Interface;
  deploy(name: string, parameters: readonly unknown[]): Promise<Contract>;
  deployVerifier(setup: SetupParameters): Promise<Contract>;
  close(): Promise<void>;
}

/** Only what these tests deploy, so that a mistake elsewhere in contracts/ is not reported here. */
const SOURCES = ["contracts/RoundVerifier.sol", "test/contracts/support/FixedKey.sol", "test/contracts/support/CallMeter.sol"];

/** Compiles what is not compiled yet and starts a chain with the chain id of the vectors (31337). */
export async function openVerifierChain(): Promise<VerifierChain> {
  await hre.tasks.getTask("build").run({ files: [...SOURCES], quiet: true });
  const connection = await hre.network.create();
  const provider = new BrowserProvider(connection.provider as Eip1193Provider, undefined, { cacheTimeout: -1 });
  const signer = await provider.getSigner(0);

  async function deploy(name: string, parameters: readonly unknown[]): Promise<Contract> {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const factory = new ContractFactory(abi as unknown as InterfaceAbi, bytecode, signer);
    const contract = await factory.deploy(...parameters);
    await contract.waitForDeployment();
    return contract as Contract;
  }

  return {
    provider,
    errors: await verifierErrors(),
    deploy,
    async deployVerifier({ tauG2, isDevelopment = true, label = "test", checksum = `0x${"00".repeat(32)}`, keys }) {
      const addresses: string[] = [];
      for (const { ruleId, slots, points } of keys) {
        addresses.push(await (await deploy("FixedKey", [ruleId, slots, points])).getAddress());
      }
      return deploy("RoundVerifier", [tauG2, isDevelopment, label, checksum, addresses]);
    },
    close: () => connection.close(),
  };
}

async function verifierErrors(): Promise<Interface> {
  const { abi } = await hre.artifacts.readArtifact("RoundVerifier");
  return new Interface(abi.filter((item: { type: string }) => item.type === "error") as unknown as InterfaceAbi);
}
