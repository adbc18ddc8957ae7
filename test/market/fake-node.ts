import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const hex = (value: bigint) => `0x${value.toString(16)}`;
let server: Server | undefined;

/** Ends the last one that was started. */
export const stopFakeNode = (): void => void server?.close();

/** Something at an http address that answers JSON-RPC as told, or refuses when that throws; it lists what it was asked to send. */
export async function serveRpc(answers: Readonly<Record<string, (params: unknown[]) => unknown>>) {
  const sent: unknown[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const calls = [JSON.parse(body)].flat() as { id: number; method: string; params: unknown[] }[];
    const results = calls.map(({ id, method, params }) => {
      if (method === "eth_sendTransaction") sent.push(params[0]);
      const answer = answers[method];
      const refused = (code: number, message: string) => ({
        ...{ jsonrpc: "2.0", id, error: { code, message } },
      });
      if (answer === undefined) return refused(-32601, `no ${method}`);
      try {
        return { jsonrpc: "2.0", id, result: answer(params) };
      } catch (error) {
        return refused(-32000, String(error));
      }
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body.startsWith("[") ? results : results[0]));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}

/** A node of this chain, whose accounts have nothing. */
export const fakeNode = (chainId: bigint, changes: Parameters<typeof serveRpc>[0] = {}) =>
  serveRpc({
    eth_chainId: () => hex(chainId),
    eth_gasPrice: () => hex(10n ** 9n),
    eth_blockNumber: () => "0x1",
    eth_accounts: () => [],
    eth_getBalance: () => "0x0",
    ...changes,
  });
