import { type ErrorFragment, Interface, isError } from "ethers";
import { CommonweightError, defineErrors } from "../../protocol/errors.ts";
import { oneLine } from "../../protocol/one-line.ts";
import { participantRegistryAbi } from "./generated/participant-registry.ts";
import { rewardVaultAbi } from "./generated/reward-vault.ts";
import { roundVerifierAbi } from "./generated/round-verifier.ts";
import { trainingMarketAbi } from "./generated/training-market.ts";
import { refusalWords } from "./refusal-words.ts";
import { withPublicUrls } from "./rpc/public-url.ts";

export const chainErrors = defineErrors([2200, 2399], {
  unreachable: {
    code: "CW2200",
    title: "The chain cannot be reached",
    hint: "Check the RPC address and that the node runs; long-running commands wait and try again by themselves.",
  },
  refused: {
    code: "CW2201",
    title: "The contract refused the call",
    hint: "The message names the contract's own error and its values; docs/errors.md explains each.",
  },
  insufficientFunds: {
    code: "CW2202",
    title: "The account cannot pay for the transaction",
    hint: "Send some of the network's coin to the account (`commonweight faucet` on a development chain), or let an aggregator relay the update.",
  },
  failed: {
    code: "CW2203",
    title: "The transaction was mined and failed",
    hint: "State changed between the check and the block; run the command again.",
  },
  noSigner: {
    code: "CW2204",
    title: "This call needs a key",
    hint: "Name a keystore, or set COMMONWEIGHT_PRIVATE_KEY.",
  },
  wrongNetwork: {
    code: "CW2205",
    title: "The RPC node is of another network",
    hint: "Compare the chain id of the configuration with that of the node.",
  },
  notFound: {
    code: "CW2206",
    title: "The chain has no such record",
    hint: "Check the project and round numbers, and that the node keeps logs from the market's first block on.",
  },
  malformed: {
    code: "CW2207",
    title: "The chain's answer is not what the contracts write",
    hint: "The addresses may belong to another version of the contracts.",
  },
  feeCap: {
    code: "CW2208",
    title: "The network asks more for gas than this program may pay",
    hint: "Wait until the network is quieter, or raise the cap (`--max-fee-gwei` of the aggregator).",
  },
  gasReserve: {
    code: "CW2214",
    title: "The deposit would leave too little of the network's coin for gas",
    hint: "Send some of the network's coin to the account. What the next rounds cost in gas is put into no deposit: whoever cannot pay for a transaction loses what is deposited already.",
  },
  badKey: {
    code: "CW2210",
    title: "The private key is none",
    hint: "COMMONWEIGHT_PRIVATE_KEY takes 0x and 64 hexadecimal digits; a keystore file is named by --keystore.",
  },
  nodesDisagree: {
    code: "CW2211",
    title: "Two nodes say different things of the chain",
    hint: "One of them is behind or does not tell the truth. Try again; if it stays so, ask a third node, and believe nothing that depends on it.",
  },
  comparedAway: {
    code: "CW2212",
    title: "A node to compare with cannot be reached",
    hint: "Check its address, or leave it out: what is not compared rests on one node's word.",
  },
  noPlace: {
    code: "CW2213",
    title: "All places of the project are taken",
    hint: "Try again after a round: who sends nothing for three rounds, or to one that comes to nothing, can be replaced then. `commonweight worker projects` lists other projects.",
  },
  displaced: {
    code: "CW2209",
    title: "Another transaction of this account took its place",
    hint: "Let only one program send with a key; what was wanted is decided again from the chain's state.",
  },
});

/** Every custom error of every contract: a call through the market may fail in any of them. */
const errorInterface = new Interface(
  [...trainingMarketAbi, ...rewardVaultAbi, ...participantRegistryAbi, ...roundVerifierAbi]
    .filter((item) => item.type === "error")
    .filter(
      (item, index, all) => all.findIndex((other) => other.name === item.name) === index,
    ) as never,
);

/** A contract's refusal: `MarketWrongRound(projectId: 1, expected: 2, actual: 3)`. */
export interface DecodedRefusal {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Decodes the data of a revert; undefined when it is none of our errors. */
function decodeRefusal(data: string): DecodedRefusal | undefined {
  let parsed: ReturnType<Interface["parseError"]>;
  try {
    parsed = errorInterface.parseError(data);
  } catch {
    return undefined;
  }
  if (parsed === null) return undefined;
  const fragment: ErrorFragment = parsed.fragment;
  const values = Object.fromEntries(
    fragment.inputs.map((input, index) => [input.name || `${index}`, parsed.args[index]]),
  );
  const listed = Object.entries(values).map(([name, value]) => `${name}: ${String(value)}`);
  return { name: parsed.name, values, text: `${parsed.name}(${listed.join(", ")})` };
}

function findRevertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 6) return undefined;
  const record = error as Record<string, unknown>;
  if (typeof record.data === "string" && /^0x[0-9a-fA-F]{8,}$/.test(record.data)) {
    return record.data;
  }
  for (const key of ["data", "error", "info", "cause"]) {
    const found = findRevertData(record[key], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True when the node that is asked does not answer. */
export const isNodeSilent = (error: unknown): boolean =>
  error instanceof CommonweightError && error.code === chainErrors.unreachable.code;

/** True when a node answered, and with something that no contract says. */
export const isNonsense = (error: unknown): boolean =>
  error instanceof CommonweightError &&
  (error.code === chainErrors.malformed.code || isError(error.cause, "INVALID_ARGUMENT"));

/** What comes and goes with nodes: one is away, or two are not of one mind. */
const PASSING: readonly string[] = [
  chainErrors.unreachable.code,
  chainErrors.nodesDisagree.code,
  chainErrors.comparedAway.code,
];

/** True when nothing but what nodes say, or that they say nothing, is at fault, so that the same call may work later. */
export function isChainUnreachable(error: unknown): boolean {
  return error instanceof CommonweightError && PASSING.includes(error.code);
}

/** The name of the contract's custom error, when that is what a call failed with. */
export function refusalName(error: unknown): string | undefined {
  if (!(error instanceof CommonweightError)) return undefined;
  const name = error.details.refusal;
  return typeof name === "string" ? name : undefined;
}

/** Says in our words what the RPC library threw. The message tells no more of a node's address than where it is. */
export function toChainError(cause: unknown, what: string): CommonweightError {
  const doing = withPublicUrls(what);
  if (cause instanceof CommonweightError) return cause;
  const data = findRevertData(cause);
  const refusal = data === undefined ? undefined : decodeRefusal(data);
  if (refusal !== undefined) {
    const words = refusalWords(refusal.name, refusal.values);
    return new CommonweightError(
      { ...chainErrors.refused, ...(words ? { hint: words.hint } : {}) },
      words ? `${words.sentence} (${refusal.text})` : `${doing}: ${refusal.text}`,
      { cause, details: { refusal: refusal.name, ...refusal.values } },
    );
  }
  if (isError(cause, "INSUFFICIENT_FUNDS") || NO_FUNDS.test(messageOf(cause))) {
    return new CommonweightError(chainErrors.insufficientFunds, doing, { cause });
  }
  if (isError(cause, "CALL_EXCEPTION")) {
    return new CommonweightError(chainErrors.refused, `${doing}: ${inLine(cause.shortMessage)}`, {
      cause,
    });
  }
  if (isError(cause, "BAD_DATA")) {
    return new CommonweightError(chainErrors.malformed, `${doing}: ${inLine(cause.shortMessage)}`, {
      cause,
    });
  }
  return new CommonweightError(chainErrors.unreachable, `${doing}: ${messageOf(cause)}`, { cause });
}

/** Nodes have no code for it, only words of their own. */
const NO_FUNDS = /(insufficient|enough) funds/i;

/** The library writes the node's whole address into its messages, and an aggregator publishes what it fails with. */
const messageOf = (cause: unknown) =>
  inLine(withPublicUrls(cause instanceof Error ? cause.message : String(cause)));

/** Of a node's or a contract's own words, as much is told. */
const LONGEST_WORDS = 600;

/** They must not look like lines of ours. */
const inLine = (words: string) => oneLine(words, LONGEST_WORDS);
