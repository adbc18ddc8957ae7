import { Interface } from "ethers";
import { participantRegistryAbi } from "../../services/adapters/chain/generated/participant-registry.ts";
import { rewardVaultAbi } from "../../services/adapters/chain/generated/reward-vault.ts";
import { roundVerifierAbi } from "../../services/adapters/chain/generated/round-verifier.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";
import { type Altered, alteredValues } from "./altered-values.ts";
import type { Lie, LyingNode, NodeAnswer, NodeCall } from "./lying-node.ts";

const contracts = [trainingMarketAbi, rewardVaultAbi, participantRegistryAbi, roundVerifierAbi].map(
  (abi) => new Interface(abi),
);
const token = new Interface([
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function balanceOf(address) view returns (uint256)",
]);
const market = contracts[0] as Interface;

type Heard = readonly { readonly call: NodeCall; readonly answer: NodeAnswer }[];
type Json = Record<string, unknown>;

interface RawLog extends Json {
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly logIndex: string;
  readonly transactionHash: string;
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`;
const resultOf = (answer: NodeAnswer): unknown => ("result" in answer ? answer.result : undefined);
const flipLast = (text: string) =>
  `${text.slice(0, -1)}${(Number.parseInt(text.slice(-1), 16) ^ 1).toString(16)}`;

/**
 * Every lie about what a node was asked: each field of each answer altered, answers left out, cut short, blown up, taken from an older
 * block; logs left out, repeated, moved, altered. A liar is consistent: it says the same of a log, a call or a block whenever it is asked.
 */
export function liesAbout(heard: LyingNode["heard"], olderBlock: number): Lie[] {
  const told = [...heard.values()];
  const all = [
    ...chainLies(olderBlock),
    ...blockLies(told),
    ...codeLies(told),
    ...callLies(told, olderBlock),
    ...transactionLies(told),
    ...logLies(told, olderBlock),
  ];
  // One of each sort: the last, which the least comes after.
  return [...new Map(all.map((lie) => [lie.kind, lie])).values()];
}

/** Answers that no honest node gives to anything. */
const WRECKED: Readonly<Record<string, (result: unknown) => NodeAnswer>> = {
  "is null": () => ({ result: null }),
  "is refused": () => ({ error: { code: -32000, message: "missing trie node" } }),
  "is an object": () => ({ result: {} }),
  "is a word": () => ({ result: "nonsense" }),
  "is cut short": (result) =>
    Array.isArray(result)
      ? { result: result.slice(0, Math.floor(result.length / 2)) }
      : typeof result === "string"
        ? { result: result.slice(0, 2 + 2 * Math.floor(result.length / 8)) }
        : { result: Object.fromEntries(Object.entries(result as Json).slice(0, 3)) },
  "is blown up": (result) =>
    Array.isArray(result)
      ? { result: [...result, ...result] }
      : typeof result === "string"
        ? { result: `${result}${"ab".repeat(500_000)}` }
        : { result: { ...(result as Json), extraData: `0x${"ab".repeat(500_000)}` } },
};

/** Lies that change the answers to some calls. */
function wrecked(kind: string, isMeant: (call: NodeCall) => boolean): Lie[] {
  return Object.entries(WRECKED).map(([how, wreck]) => ({
    ...{ kind: `${kind} ${how}`, what: kind },
    tell: (call, answer) => (isMeant(call) ? wreck(resultOf(answer)) : answer),
  }));
}

function chainLies(olderBlock: number): Lie[] {
  const of = (method: string, kind: string, result: unknown): Lie => ({
    ...{ kind: `${method} ${kind}`, what: method },
    tell: (call, answer) => (call.method === method ? { result } : answer),
  });
  return [
    of("eth_chainId", "another", "0x1"),
    ...wrecked("eth_chainId", ({ method }) => method === "eth_chainId"),
    of("eth_blockNumber", "far in the past", "0x1"),
    of("eth_blockNumber", "far in the future", "0xffffff"),
    ...wrecked("eth_blockNumber", ({ method }) => method === "eth_blockNumber"),
    {
      ...{ kind: "the chain ends at an older block", what: `block ${olderBlock}` },
      ask: (call) =>
        isBlockCall(call) && call.params[0] === "finalized"
          ? { ...call, params: [hex(olderBlock), false] }
          : call,
      tell: (call, answer) =>
        call.method === "eth_blockNumber" ? { result: hex(olderBlock) } : answer,
    },
  ];
}

const isBlockCall = ({ method }: NodeCall) => method === "eth_getBlockByNumber";

/** Of each field of a block: of one in which something happened, of the one that the audit reads at, and of the final one. */
function blockLies(heard: Heard): Lie[] {
  const blocks = heard.filter(({ call }) => isBlockCall(call));
  const numbers = blocks.filter(({ call }) => String(call.params[0]).startsWith("0x"));
  const newest = Math.max(...numbers.map(({ call }) => Number(call.params[0])));
  const places = [0, Math.floor(numbers.length / 2), numbers.length - 1];
  const some = [...new Set(places)].flatMap((place) => numbers[place] ?? []);
  const named = blocks.filter((each) => !numbers.includes(each));
  return [...some, ...named].flatMap(({ call, answer }) => {
    const block = resultOf(answer) as Json | null;
    if (block === null || block === undefined) return [];
    const asked = String(call.params[0]);
    const isRead = Number(asked) === newest;
    const tag = isRead ? "that is read at" : asked.startsWith("0x") ? "of an event" : asked;
    const isMeant = (other: NodeCall) => isBlockCall(other) && other.params[0] === asked;
    const fields = Object.entries(block).filter(([, value]) => typeof value === "string");
    return [
      ...fields.map(
        ([name, value]): Lie => ({
          ...{ kind: `${call.method} ${tag}: ${name}`, what: `block ${asked}` },
          tell: (other, told) =>
            isMeant(other)
              ? { result: { ...(resultOf(told) as Json), [name]: alteredHex(String(value)) } }
              : told,
        }),
      ),
      ...wrecked(`${call.method} ${tag}`, isMeant),
    ];
  });
}

const alteredHex = (value: string) => (value === "0x" ? "0x01" : flipLast(value));

function codeLies(heard: Heard): Lie[] {
  return heard
    .filter(({ call }) => call.method === "eth_getCode")
    .flatMap(({ call, answer }) => {
      const address = String(call.params[0]);
      const code = String(resultOf(answer));
      const isMeant = ({ method, params }: NodeCall) =>
        method === "eth_getCode" && params[0] === address;
      const as = (kind: string, result: string): Lie => ({
        ...{ kind: `eth_getCode ${kind}`, what: address },
        tell: (other, told) => (isMeant(other) ? { result } : told),
      });
      return [
        as("none", "0x"),
        as("first byte", `0x61${code.slice(4)}`),
        as("last byte", flipLast(code)),
        as(
          "a byte in the middle",
          `${flipLast(code.slice(0, code.length / 2))}${code.slice(code.length / 2)}`,
        ),
        ...wrecked("eth_getCode", isMeant),
      ];
    });
}

/** The function that a call calls. */
function calledBy({ method, params }: NodeCall) {
  if (method !== "eth_call") return undefined;
  const { data, to } = params[0] as { data: string; to: string };
  for (const known of [...contracts, token]) {
    const called = known.getFunction(data.slice(0, 10));
    if (called !== null) return { interface: known, called, to };
  }
  throw new RangeError(`no contract has ${data.slice(0, 10)}`);
}

/** Each word of each answer of a contract, and answers of an older block. */
function callLies(heard: Heard, olderBlock: number): Lie[] {
  const seen = new Set<string>();
  return heard.flatMap(({ call, answer }) => {
    const found = calledBy(call);
    const { called } = found ?? {};
    if (found === undefined || called === undefined) return [];
    const name = `${called.name}() of ${found.to}`;
    const result = resultOf(answer);
    if (seen.has(name) || typeof result !== "string") return [];
    seen.add(name);
    const isMeant = (other: NodeCall) => {
      const same = calledBy(other);
      return same?.to === found.to && same.called.selector === called.selector;
    };
    const kind = `eth_call ${called.name}`;
    const values = found.interface.decodeFunctionResult(called, result);
    const paths = new Set(
      encoded(alteredValues(values, kind), (each) =>
        found.interface.encodeFunctionResult(called, each),
      ).map(({ path }) => path),
    );
    return [
      ...[...paths].map(
        (path): Lie => ({
          ...{ kind: path, what: name },
          tell: (other, told) => {
            if (!isMeant(other) || typeof resultOf(told) !== "string") return told;
            const decoded = found.interface.decodeFunctionResult(called, String(resultOf(told)));
            const altered = [...alteredValues(decoded, kind)].find((each) => each.path === path);
            if (altered === undefined) return told;
            return {
              result: found.interface.encodeFunctionResult(called, altered.value as unknown[]),
            };
          },
        }),
      ),
      {
        ...{ kind: `${kind} of an older block`, what: name },
        ask: (other) =>
          isMeant(other) ? { ...other, params: [other.params[0], hex(olderBlock)] } : other,
      },
      ...wrecked(kind, isMeant),
    ];
  });
}

/** Altered values as bytes; what no contract can encode (a list of a fixed length with one less) is no lie. */
function encoded<T>(
  altered: Iterable<Altered>,
  encode: (values: readonly unknown[]) => T,
): { readonly path: string; readonly bytes: T }[] {
  return [...altered].flatMap(({ path, value }) => {
    try {
      return [{ path, bytes: encode(value as unknown[]) }];
    } catch {
      return [];
    }
  });
}

const isTransactionCall = ({ method }: NodeCall) => method === "eth_getTransactionByHash";

/** Each value that a settlement sent, and each other field of its transaction. */
function transactionLies(heard: Heard): Lie[] {
  const transactions = heard.filter(({ call }) => isTransactionCall(call));
  return transactions.slice(-1).flatMap(({ call, answer }) => {
    const transaction = resultOf(answer) as Json;
    const isMeant = (other: NodeCall) =>
      isTransactionCall(other) && other.params[0] === call.params[0];
    const but = (kind: string, changes: Json): Lie => ({
      ...{ kind: `${call.method} ${kind}`, what: String(call.params[0]) },
      tell: (other, told) =>
        isMeant(other) ? { result: { ...(resultOf(told) as Json), ...changes } } : told,
    });
    const fields = Object.entries(transaction).filter(
      ([name, value]) => name !== "input" && typeof value === "string",
    );
    return [
      ...fields.map(([name, value]) => but(name, { [name]: alteredHex(String(value)) })),
      ...alteredInputs(String(transaction.input)).map(({ path, value }) =>
        but(path, { input: value }),
      ),
      ...wrecked(call.method, isMeant),
    ];
  });
}

/** The data of a transaction with each value of the settlement in it altered; it may open a round in the same transaction. */
function alteredInputs(input: string): { readonly path: string; readonly value: string }[] {
  const parsed = market.parseTransaction({ data: input });
  if (parsed?.name === "multicall") {
    const calls = [...(parsed.args[0] as readonly string[])];
    return calls.flatMap((inner, place) =>
      alteredInputs(inner).map(({ path, value }) => ({
        path,
        value: market.encodeFunctionData("multicall", [calls.with(place, value)]),
      })),
    );
  }
  if (parsed?.name !== "settleRound") return [];
  return encoded(alteredValues(parsed.args, "settleRound"), (each) =>
    market.encodeFunctionData("settleRound", each),
  ).map(({ path, bytes }) => ({ path, value: bytes }));
}

const isLogCall = ({ method }: NodeCall) => method === "eth_getLogs";
const idOf = ({ blockNumber, logIndex }: RawLog) => `${blockNumber}/${logIndex}`;

function logLies(heard: Heard, olderBlock: number): Lie[] {
  const logs = new Map<string, RawLog>();
  for (const { call, answer } of heard) {
    if (!isLogCall(call)) continue;
    for (const log of (resultOf(answer) ?? []) as RawLog[]) logs.set(idOf(log), log);
  }
  const all = [...logs.values()].sort(
    (one, other) =>
      Number(one.blockNumber) - Number(other.blockNumber) ||
      Number(one.logIndex) - Number(other.logIndex),
  );
  /** The first and the last of each event. */
  const chosen = new Map<string, RawLog>();
  for (const log of all) {
    const name = eventOf(log)?.name ?? "unknown";
    if (!chosen.has(name)) chosen.set(name, log);
    chosen.set(`${name}, last`, log);
  }
  const some = new Map([...chosen.values()].map((log) => [idOf(log), log]));
  return [
    ...[...some.values()].flatMap((log) => liesAboutLog(log, all)),
    ...wrecked("eth_getLogs", isLogCall),
    changedLogs("eth_getLogs in another order", "all logs", (list) => [...list].reverse()),
    changedLogs("eth_getLogs none after an older block", "all logs", (list) =>
      list.filter(({ blockNumber }) => Number(blockNumber) <= olderBlock),
    ),
    ...[...new Set(all.map(({ transactionHash }) => transactionHash))].map((hash) =>
      changedLogs("eth_getLogs without those of one transaction", hash, (list) =>
        list.filter(({ transactionHash }) => transactionHash !== hash),
      ),
    ),
  ];
}

const changedLogs = (kind: string, what: string, change: (logs: RawLog[]) => RawLog[]): Lie => ({
  ...{ kind, what },
  tell: (call, answer) =>
    isLogCall(call) && Array.isArray(resultOf(answer))
      ? { result: change(resultOf(answer) as RawLog[]) }
      : answer,
});

function eventOf({ topics, data }: RawLog) {
  for (const known of contracts) {
    const parsed = known.parseLog({ topics: [...topics], data });
    if (parsed !== null)
      return { ...parsed, name: parsed.name, args: parsed.args, interface: known };
  }
  return undefined;
}

function liesAboutLog(log: RawLog, all: readonly RawLog[]): Lie[] {
  const id = idOf(log);
  const found = eventOf(log);
  if (found === undefined) return [];
  const kind = `eth_getLogs ${found.name}`;
  const what = `log ${id}`;
  const as = (how: string, ...logs: readonly Json[]): Lie =>
    changedLogs(`${kind}${how}`, what, (list) =>
      list.flatMap((each) => (idOf(each) === id ? (logs as RawLog[]) : [each])),
    );
  const next = all[all.findIndex((each) => idOf(each) === id) + 1];
  const fields = Object.entries(log).filter(
    ([name, value]) => name !== "data" && typeof value === "string",
  );
  return [
    as(" left out"),
    as(" twice", log, log),
    as(" twice, at another place", log, { ...log, logIndex: hex(Number(log.logIndex) + 1000) }),
    as(" taken back", { ...log, removed: true }),
    ...fields.map(([name, value]) =>
      as(`: ${name}`, { ...log, [name]: alteredHex(String(value)) }),
    ),
    ...(next === undefined
      ? []
      : [
          as(" in the next one's block", {
            ...log,
            ...{ blockNumber: next.blockNumber, blockHash: next.blockHash },
          }),
        ]),
    ...encoded(alteredValues(found.args, ""), (each) =>
      found.interface.encodeEventLog(found.name, each),
    ).map(({ path, bytes }) => as(path, { ...log, ...bytes })),
  ];
}
