import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in front of a node, and hangs up on everybody from the moment at which a transaction is handed in. */
export interface DroppingNode {
  readonly url: string;
  /** Resolves when it has hung up. */
  readonly dropped: Promise<void>;
  stop(): void;
}

/**
 * @param options.isPassedOn Whether the node behind gets a transaction before this one hangs up.
 * @param options.isMeant The transaction that it waits for; others are passed on and answered.
 */
export async function startDroppingNode(
  target: string,
  options: { readonly isPassedOn: boolean; readonly isMeant: (raw: string) => boolean },
): Promise<DroppingNode> {
  const { promise: dropped, resolve } = Promise.withResolvers<void>();
  let isDown = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const headers = { "content-type": "application/json" };
    const calls = [JSON.parse(body)].flat() as { method: string; params: string[] }[];
    const isMeant = calls.some(
      ({ method, params: [raw = ""] }) =>
        method === "eth_sendRawTransaction" && options.isMeant(raw),
    );
    if (isDown) return request.socket.destroy();
    isDown = isMeant;
    const answer =
      isMeant && !options.isPassedOn
        ? ""
        : await (await fetch(target, { method: "POST", headers, body })).text();
    if (isMeant) {
      request.socket.destroy();
      return resolve();
    }
    response.setHeader("content-type", "application/json");
    response.end(answer);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dropped,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
