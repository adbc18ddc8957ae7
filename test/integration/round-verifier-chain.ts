import {
  BrowserProvider,
  type Contract,
  ContractFactory,
  type Eip1193Provider,
  Interface,
  type InterfaceAbi,
  type Result,
} from "ethers";
import hre from "hardhat";
import type { RoundProof } from "../../services/protocol/round/settlement.ts";
import type { EvmG2Point, TrapdoorKey } from "./trapdoor-groth16.ts";
import type { RoundStatement } from "./verifier-rounds.ts";

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
  /** Deploys a verifier with test keys. */
  deployVerifier(setup: SetupParameters): Promise<Contract>;
  /** Deploys a verifier with the generated key contracts of these names. */
  deployVerifierWith(keyContracts: readonly string[], tauG2: EvmG2Point): Promise<Contract>;
  close(): Promise<void>;
}

/** Only what these tests deploy, so that a mistake elsewhere in contracts/ is not reported here. */
const SOURCES = [
  "contracts/verifiers/Trust8Key.sol",
  "contracts/verifiers/Trust16Key.sol",
  "contracts/RoundVerifier.sol",
  "test/contracts/support/FixedKey.sol",
  "test/contracts/support/CallMeter.sol",
  "test/contracts/support/VerifierParts.sol",
];

/** For hooks that compile: on a fresh clone, and on a machine that does other things too. */
export const COMPILE_TIMEOUT_MS = 300_000;

const NO_CHECKSUM = `0x${"00".repeat(32)}`;

/** Compiles what is not compiled yet and starts a chain with the chain id of the vectors (31337). */
export async function openVerifierChain(
  options: { chainId?: number; sources?: readonly string[] } = {},
): Promise<VerifierChain> {
  await hre.tasks
    .getTask("build")
    .run({ files: [...SOURCES, ...(options.sources ?? [])], quiet: true });
  const connection = await hre.network.create({
    network: "default",
    chainType: "l1",
    override: { chainId: options.chainId ?? 31337 },
  });
  const provider = new BrowserProvider(connection.provider as Eip1193Provider, undefined, {
    cacheTimeout: -1,
  });
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
    async deployVerifier({
      tauG2,
      isDevelopment = true,
      label = "test",
      checksum = NO_CHECKSUM,
      keys,
    }) {
      const addresses: string[] = [];
      for (const { ruleId, slots, points } of keys) {
        addresses.push(await (await deploy("FixedKey", [ruleId, slots, points])).getAddress());
      }
      return deploy("RoundVerifier", [tauG2, isDevelopment, label, checksum, addresses]);
    },
    async deployVerifierWith(keyContracts, tauG2) {
      const addresses: string[] = [];
      for (const name of keyContracts) addresses.push(await (await deploy(name, [])).getAddress());
      return deploy("RoundVerifier", [tauG2, true, "development key", NO_CHECKSUM, addresses]);
    },
    close: () => connection.close(),
  };
}

/** What the verifier made of a round: the outcome, or the name and arguments of its error. */
export type Verdict =
  | { readonly outcome: Result }
  | { readonly error: string; readonly arguments: readonly unknown[] };

/** Asks the verifier. An error that is not one of its own is "unnamed". */
export async function askVerifier(
  chain: VerifierChain,
  verifier: Contract,
  statement: RoundStatement,
  proof: RoundProof,
): Promise<Verdict> {
  const data = verifier.interface.encodeFunctionData("verifyRound", [statement, proof]);
  try {
    const returned = await chain.provider.send("eth_call", [
      { to: await verifier.getAddress(), data },
      "latest",
    ]);
    return { outcome: verifier.interface.decodeFunctionResult("verifyRound", returned)[0] };
  } catch (error) {
    const parsed = chain.errors.parseError(revertData(error));
    return parsed
      ? { error: parsed.name, arguments: parsed.args.toArray() }
      : { error: "unnamed", arguments: [] };
  }
}

/** The revert's bytes, wherever in the chain of causes the provider has put them. */
function revertData(error: unknown): string {
  for (let cause = error; cause !== null && typeof cause === "object"; ) {
    const { data, error: inner, info, cause: next } = cause as Record<string, unknown>;
    if (typeof data === "string" && data.startsWith("0x")) return data;
    if (data !== null && typeof data === "object" && "data" in data) cause = data;
    else cause = inner ?? info ?? next;
  }
  throw error;
}

async function verifierErrors(): Promise<Interface> {
  const { abi } = await hre.artifacts.readArtifact("RoundVerifier");
  return new Interface(
    abi.filter((item: { type: string }) => item.type === "error") as unknown as InterfaceAbi,
  );
}
