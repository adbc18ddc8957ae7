/** One call of a batch. */
export interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** A call that asks about a block by its number where it asked about the newest one; others as they are. */
export function atBlock(call: RpcCall, block: number): RpcCall {
  const number = `0x${block.toString(16)}`;
  const pin = (value: unknown) => (value === "latest" ? number : value);
  const { params = [] } = call;
  return {
    ...call,
    params: params.map((param) => {
      const isFilter = call.method === "eth_getLogs" && typeof param === "object" && param !== null;
      if (!isFilter) return pin(param);
      return Object.fromEntries(Object.entries(param).map(([name, value]) => [name, pin(value)]));
    }),
  };
}
