import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A node that takes subscriptions over WebSocket at its own address, and nothing else. */
export interface SubscribingNode {
  readonly url: string;
  /** Resolves when the next subscriber has been answered. */
  subscribed(): Promise<void>;
  /** Tells all subscribers of a block. */
  block(): void;
  /** Ends the connections of all subscribers. */
  drop(): void;
  stop(): Promise<void>;
}

/** What RFC 6455 appends to a client's key. */
const HANDSHAKE = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A text frame of less than 126 bytes. */
const frame = (text: string) => Buffer.from([0x81, text.length, ...Buffer.from(text)]);

/** @param isGranting Whether it answers a subscription with a number, or with an error. */
export async function startSubscribingNode(isGranting = true): Promise<SubscribingNode> {
  const sockets = new Set<Duplex>();
  const waiting: (() => void)[] = [];
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on("upgrade", ({ headers }, socket) => {
    const accept = createHash("sha1")
      .update(`${headers["sec-websocket-key"]}${HANDSHAKE}`)
      .digest("base64");
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.once("data", () => {
      const answer = isGranting ? { id: 1, result: "0x1" } : { id: 1, error: { code: -32601 } };
      socket.write(frame(JSON.stringify(answer)));
      waiting.shift()?.();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    subscribed: () => new Promise((resolve) => waiting.push(resolve)),
    block: () => {
      for (const socket of sockets) socket.write(frame('{"method":"eth_subscription"}'));
    },
    drop,
    stop: async () => {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
