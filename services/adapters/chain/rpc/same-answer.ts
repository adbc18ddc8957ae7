/** One answer of a node, as JSON-RPC has it. */
export interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * Fields that the protocol fixes, of answers to which nodes add some of their own. Whatever is not listed is compared whole.
 *
 * Source: https://ethereum.github.io/execution-apis/
 */
const FIXED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  eth_getLogs: [
    ...["address", "topics", "data", "blockHash", "blockNumber"],
    ...["transactionHash", "transactionIndex", "logIndex", "removed"],
  ],
  eth_getTransactionByHash: [
    ...["hash", "from", "to", "input", "value", "nonce"],
    ...["blockHash", "blockNumber", "transactionIndex"],
  ],
  eth_getTransactionReceipt: ["transactionHash", "status", "to", "blockHash", "blockNumber"],
  eth_getBlockByNumber: ["hash", "parentHash", "number", "timestamp", "stateRoot", "receiptsRoot"],
  eth_getBlockByHash: ["hash", "parentHash", "number", "timestamp", "stateRoot", "receiptsRoot"],
};

/** Answers that must be the same whoever gives them. Prices, counts of pending transactions and what is sent are not among them. */
const COMPARED = new Set([
  ...["eth_chainId", "eth_call", "eth_getCode", "eth_getStorageAt", "eth_getBalance"],
  ...Object.keys(FIXED_FIELDS),
]);

/** Whether all honest nodes of a chain give one answer to a call of this method. */
export const isCompared = (method: string): boolean => COMPARED.has(method);

/** Whether two nodes say the same. Two refusals are the same, however they are worded. */
export function isSameAnswer(method: string, first: RpcAnswer, second: RpcAnswer): boolean {
  if (first.error !== undefined || second.error !== undefined) {
    return first.error !== undefined && second.error !== undefined;
  }
  const fields = FIXED_FIELDS[method];
  const [one, other] = [first.result, second.result].map((result) => inBlock(method, result));
  return canonical(one, fields) === canonical(other, fields);
}

/** Nodes need not have heard of the same transactions before these are in a block: until then there are none. */
function inBlock(method: string, result: unknown): unknown {
  const isWaiting = (result as { blockHash?: unknown } | null)?.blockHash === null;
  return method === "eth_getTransactionByHash" && isWaiting ? null : result;
}

function canonical(value: unknown, fields: readonly string[] | undefined): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, fields)).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(lowerCase(value));
  const names = fields ?? Object.keys(value).sort();
  const record = value as Record<string, unknown>;
  return JSON.stringify(names.map((name) => [name, canonical(record[name] ?? null, undefined)]));
}

/** Addresses come with and without a checksum. */
const lowerCase = (value: unknown): unknown =>
  typeof value === "string" ? value.toLowerCase() : (value ?? null);
