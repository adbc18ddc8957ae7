import { execFile } from "node:child_process";
import { join } from "node:path";
import { Interface } from "ethers";
import { repositoryRoot } from "../../scripts/repository.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";
import { hasPackages, python } from "../python.ts";

export const VERIFIER_FOLDER = join(repositoryRoot, "examples/auditors/python");
export const hasVerifierPackages = hasPackages("py_ecc", "eth_abi", "eth_hash", "Crypto");

/** What `verify_round.py --json` says. */
export interface VerifierReport {
  readonly passed: boolean;
  readonly isDevelopmentSetup: boolean;
  readonly checks: readonly VerifierCheck[];
  readonly rounds: readonly {
    readonly round: number;
    readonly state: string;
    readonly checks: readonly VerifierCheck[];
  }[];
}

interface VerifierCheck {
  readonly name: string;
  /** `null` for a check that could not be made. */
  readonly passed: boolean | null;
  readonly detail: string;
}

/** Runs a program of Python's and returns how it ended. */
export function runPython(args: readonly string[], input = "") {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(python, ["-B", ...args], (error, stdout, stderr) => {
      resolve({
        exitCode: typeof error?.code === "number" ? error.code : error ? -1 : 0,
        stdout,
        stderr,
      });
    });
    child.stdin?.end(input);
  });
}

/** Verifies one round in as many ways, in one process; of each, the names of the checks that failed. */
export async function verifyMany(
  asked: readonly Readonly<Record<string, string | number>>[],
): Promise<string[][]> {
  const { exitCode, stdout, stderr } = await runPython(
    [join(repositoryRoot, "test/auditor/verify-round-many.py"), VERIFIER_FOLDER],
    JSON.stringify(asked),
  );
  if (exitCode !== 0) throw new Error(`${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as string[][];
}

/** Runs the verifier; fails with what it said when that is no report. */
export async function verifyRounds(args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runPython([
    join(VERIFIER_FOLDER, "verify_round.py"),
    ...args,
    "--json",
  ]);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`${exitCode}: ${stdout}${stderr}`);
  const report = JSON.parse(stdout) as VerifierReport;
  const checks = [...report.checks, ...report.rounds.flatMap((round) => round.checks)];
  const failed = checks.filter(({ passed }) => passed === false).map(({ name }) => name);
  const skipped = checks.filter(({ passed }) => passed === null).map(({ name }) => name);
  return { exitCode, report, failed, skipped };
}

const market = new Interface(trainingMarketAbi);
type Words = [bigint, bigint];

/** The arguments of `settleRound` by place, as `RoundRequests.sol` and `RoundProof.sol` order them. */
export interface SettlementParts {
  projectId: bigint;
  roundIndex: bigint;
  reference: Words;
  payGradient: Words;
  modelY: bigint;
  aggregateY: bigint;
  trainers: string[];
  commitments: Words[];
  excludedMask: bigint;
  exclusionReasons: string;
  proof: {
    gram: { S: Words; R: Words; Q: Words; W: Words } & Record<
      "mu" | "rhoA" | "a" | "aInv" | "s",
      bigint
    >;
    dummy: Words;
    gramHash: bigint;
    outcome: bigint[];
    aggregate: Words;
    groth16: bigint[];
  };
  newModelCid: string;
}

/** The same calldata with another settlement in the same place. */
export function changeSettlement(
  calldata: string,
  change: (settlement: SettlementParts) => void,
): string {
  const call = market.parseTransaction({ data: calldata });
  if (call?.name === "multicall") {
    const calls = (call.args[0] as string[]).map((each) =>
      each.startsWith(market.getFunction("settleRound")?.selector as string)
        ? changeSettlement(each, change)
        : each,
    );
    return market.encodeFunctionData("multicall", [calls]);
  }
  const settlement = partsOf(call?.args[0].toArray(true));
  change(settlement);
  return market.encodeFunctionData("settleRound", [wordsOf(settlement)]);
}

// biome-ignore lint/suspicious/noExplicitAny: decoded by an ABI, and encoded by the same one again.
function partsOf(words: any): SettlementParts {
  const [projectId, roundIndex, reference, payGradient, modelY, aggregateY, ...rest] = words;
  const [trainers, commitments, excludedMask, exclusionReasons, proof, newModelCid] = rest;
  const [[S, R, Q, W, mu, rhoA, a, aInv, s], dummy, gramHash, outcome, aggregate, groth16] = proof;
  return {
    ...{ projectId, roundIndex, reference, payGradient, modelY, aggregateY, trainers, commitments },
    ...{ excludedMask, exclusionReasons, newModelCid },
    proof: {
      ...{ gram: { S, R, Q, W, mu, rhoA, a, aInv, s } },
      ...{ dummy, gramHash, outcome, aggregate, groth16 },
    },
  };
}

function wordsOf({ proof, ...parts }: SettlementParts): unknown[] {
  const { S, R, Q, W, mu, rhoA, a, aInv, s } = proof.gram;
  const { dummy, gramHash, outcome, aggregate, groth16 } = proof;
  const { projectId, roundIndex, reference, payGradient, modelY, aggregateY } = parts;
  const { trainers, commitments, excludedMask, exclusionReasons, newModelCid } = parts;
  return [
    ...[projectId, roundIndex, reference, payGradient, modelY, aggregateY],
    ...[trainers, commitments, excludedMask, exclusionReasons],
    [[S, R, Q, W, mu, rhoA, a, aInv, s], dummy, gramHash, outcome, aggregate, groth16],
    newModelCid,
  ];
}
