import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in front of a node and changes its answers: what a node says that does not tell the truth. */
export async function startAlteringNode(
  target: string,
  alter: (method: string, result: unknown, params: readonly unknown[]) => unknown,
): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const headers = { "content-type": "application/json" };
    const answered = await fetch(target, { method: "POST", headers, body });
    const calls = [JSON.parse(body)].flat() as {
      id: number;
      method: string;
      params: unknown[];
    }[];
    const answers = [await answered.json()].flat() as { id: number; result?: unknown }[];
    const altered = answers.map((answer) => {
      const { method = "", params = [] } = calls.find(({ id }) => id === answer.id) ?? {};
      if (!("result" in answer)) return answer;
      return { ...answer, result: alter(method, answer.result, params) };
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(JSON.parse(body)) ? altered : altered[0]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
