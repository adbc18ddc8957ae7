import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { patientRequest } from "../../../../services/adapters/chain/rpc/patient-request.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A node that answers each request in turn as it is told, and the last way from then on. */
async function startNode(answers: readonly ((response: ServerResponse) => void)[]) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const answer = answers[Math.min(bodies.length, answers.length - 1)];
    bodies.push(body);
    answer?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const hangUp = (response: ServerResponse) => response.socket?.destroy();
const status = (code: number) => (response: ServerResponse) =>
  void response.writeHead(code).end("{}");

const send = async (url: string, timeoutMs = 5000) => {
  const request = patientRequest(url, timeoutMs);
  request.body = '{"asked":1}';
  const response = await request.send();
  return response.statusCode;
};

describe("a patient request", () => {
  it("asks again, for the same, after a broken connection and a failing server", async () => {
    const { url, bodies } = await startNode([hangUp, status(502), status(200)]);

    expect(await send(url)).toBe(200);
    expect(bodies).toEqual(Array(3).fill('{"asked":1}'));
  });

  it("ends after the third attempt with what went wrong", async () => {
    const broken = await startNode([hangUp]);
    const failing = await startNode([status(500)]);

    await expect(send(broken.url)).rejects.toThrow(/hang up|reset/);
    expect(await send(failing.url)).toBe(500);
    expect([broken.bodies.length, failing.bodies.length]).toEqual([3, 3]);
  });

  it("does not ask a node again that refuses or does not answer", async () => {
    const refusing = await startNode([status(403)]);
    const silent = await startNode([() => {}]);

    expect(await send(refusing.url)).toBe(403);
    await expect(send(silent.url, 100)).rejects.toThrow(/timeout/);
    expect([refusing.bodies.length, silent.bodies.length]).toEqual([1, 1]);
  });
});
