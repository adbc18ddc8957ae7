import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { JsonRpcProvider, keccak256 } from "ethers";
import { afterEach, describe, expect, it } from "vitest";
import { chainErrors } from "../../../../services/adapters/chain/errors.ts";
import { comparedRequest } from "../../../../services/adapters/chain/rpc/compared-request.ts";

type Answer = (method: string, params: unknown[]) => { result: unknown } | { error: unknown };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A node that answers as it is told to, with the list of what it was asked. */
async function node(
  answer: Answer,
  said: (answers: unknown) => unknown = (answers) => answers,
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const parsed = JSON.parse(body);
    const reply = (call: { id: number; method: string; params: unknown[] }) => {
      asked.push(call.method);
      return { jsonrpc: "2.0", id: call.id, ...answer(call.method, call.params) };
    };
    response.setHeader("content-type", "application/json");
    const answers = Array.isArray(parsed) ? parsed.map(reply) : reply(parsed);
    response.end(JSON.stringify(said(answers)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const log = {
  ...{ address: "0xAb", topics: ["0x01"], data: "0x", blockHash: "0x02", blockNumber: "0x5" },
  ...{ transactionHash: "0x03", transactionIndex: "0x0", logIndex: "0x0", removed: false },
};
const honest: Answer = (method) => {
  if (method === "eth_blockNumber") return { result: "0x10" };
  if (method === "eth_getLogs") return { result: [log] };
  if (method === "eth_gasPrice") return { result: "0x7" };
  if (method === "eth_call") return { result: "0x2a" };
  return { result: "0x7a69" };
};
const but =
  (changes: Record<string, unknown>): Answer =>
  (method, params) =>
    method in changes ? { result: changes[method] } : honest(method, params);

async function open(...answers: Answer[]) {
  const nodes = await Promise.all(answers.map((answer) => node(answer)));
  const request = comparedRequest(
    nodes.map(({ url }) => url),
    { timeoutMs: 10_000, waitsMs: [1, 1, 1] },
  );
  const provider = new JsonRpcProvider(request, 31337, { staticNetwork: true, batchStallTime: 0 });
  return { nodes, send: (method: string, params: unknown[] = []) => provider.send(method, params) };
}

describe("a request that several nodes answer", () => {
  it("has the answer that all give, and asks each for it", async () => {
    const { nodes, send } = await open(honest, honest, honest);

    expect(await send("eth_call", [{}, "latest"])).toBe("0x2a");
    for (const { asked } of nodes) expect(asked).toContain("eth_call");
  });

  it.each([
    ["hides an event", { eth_getLogs: [] }],
    ["invents an event", { eth_getLogs: [log, log] }],
    ["changes an event", { eth_getLogs: [{ ...log, data: "0x01" }] }],
    ["changes a result", { eth_call: "0x2b" }],
    ["is of another chain", { eth_chainId: "0x1" }],
  ])(
    "fails when the first node %s, though the others are right, and the other way round",
    async (_, lie) => {
      const method = Object.keys(lie)[0] as string;
      for (const nodes of [
        [but(lie), honest, honest],
        [honest, honest, but(lie)],
      ]) {
        const { send } = await open(...nodes);

        await expect(send(method, [{}])).rejects.toMatchObject({
          code: chainErrors.nodesDisagree.code,
          message: expect.stringContaining(method),
        });
      }
    },
  );

  describe("asked for a final block", () => {
    const naming = (number: string | null) =>
      but({ eth_getBlockByNumber: number === null ? null : { number, hash: `${number}ff` } });
    const finalOf = async (...numbers: (string | null)[]) => {
      const { send } = await open(...numbers.map(naming));
      return send("eth_getBlockByNumber", ["finalized", false]);
    };

    it("has the oldest that nodes name, whole, so that no node alone can call a block final", async () => {
      expect(await finalOf("0x40", "0x20", "0x60")).toEqual({ number: "0x20", hash: "0x20ff" });
      expect(await finalOf("0x20", "0x40")).toEqual({ number: "0x20", hash: "0x20ff" });
    });

    it("has none where one of them names none", async () => {
      expect(await finalOf("0x40", null)).toBeNull();
      expect(await finalOf(null, "0x40")).toBeNull();
    });

    it("still has to hear the same of a block by its number", async () => {
      const { send } = await open(naming("0x40"), naming("0x20"));

      await expect(send("eth_getBlockByNumber", ["0x20", false])).rejects.toMatchObject({
        code: chainErrors.nodesDisagree.code,
      });
    });
  });

  it("waits for a node that hears of a block a moment later", async () => {
    let asked = 0;
    const late: Answer = (method, params) =>
      method === "eth_call" && asked++ < 2 ? { result: "0x29" } : honest(method, params);
    const { send } = await open(honest, late);

    expect(await send("eth_call", [{}, "latest"])).toBe("0x2a");
    expect(asked).toBe(3);
  });

  describe("on a quick chain, on which no two nodes are at the same block", () => {
    /** A node that answers by the block that it is asked about, and is at another one whenever it is asked. */
    const at = (first: number): Answer => {
      let head = first;
      return (method, params) => {
        if (method === "eth_blockNumber") return { result: `0x${head.toString(16)}` };
        const { toBlock } = Object(params[0]) as { toBlock?: string };
        const asked = toBlock ?? params[method === "eth_call" ? 1 : 0];
        const block = asked === "latest" ? head++ : Number(asked);
        return {
          result: method === "eth_getLogs" ? [{ ...log, data: `0x${block}` }] : `0x${block}`,
        };
      };
    };

    it("has the answer about the block that all have", async () => {
      const { send } = await open(at(20), at(18), at(23));

      // The first look has moved each of them by a block.
      expect(await send("eth_call", [{}, "latest"])).toBe("0x19");
      expect(await send("eth_getBlockByNumber", ["latest", false])).toBe("0x20");
      expect(await send("eth_getLogs", [{ fromBlock: "0x1", toBlock: "latest" }])).toEqual([
        { ...log, data: "0x21" },
      ]);
    });

    it("fails rather than be kept far in the past by one", async () => {
      const { send } = await open(at(40), at(20));

      await expect(send("eth_call", [{}, "latest"])).rejects.toMatchObject({
        code: chainErrors.nodesDisagree.code,
      });
    });
  });

  it("takes a transaction that no block has for none, and one that a block has for what it is", async () => {
    const waiting = { hash: "0x01", blockHash: null };
    const mined = { hash: "0x01", blockHash: "0x02" };
    const told = (result: unknown) => but({ eth_getTransactionByHash: result });
    const { send } = await open(told(waiting), told(null));
    expect(await send("eth_getTransactionByHash", ["0x01"])).toEqual(waiting);

    const hidden = await open(told(null), told(mined));
    await expect(hidden.send("eth_getTransactionByHash", ["0x01"])).rejects.toMatchObject({
      code: chainErrors.nodesDisagree.code,
    });
  });

  it("says of the newest block what the node says that is behind", async () => {
    const { send } = await open(honest, but({ eth_blockNumber: "0xe" }));

    expect(await send("eth_blockNumber")).toBe("0xe");
  });

  it("fails when one node names an old block, before which all agree, for it would hide what came after", async () => {
    const behind = (block: unknown) => but({ eth_blockNumber: block });
    const lies = [behind("0x1000"), behind("nonsense"), behind(null)];
    for (const lie of lies) {
      for (const nodes of [
        [lie, behind("0x1011"), behind("0x1011")],
        [behind("0x1011"), behind("0x1011"), lie],
      ]) {
        const { send } = await open(...nodes);

        await expect(send("eth_blockNumber")).rejects.toMatchObject({
          code: chainErrors.nodesDisagree.code,
          message: expect.stringContaining("eth_blockNumber"),
        });
      }
    }
    const { send } = await open(behind("0x1001"), behind("0x1011"));
    expect(await send("eth_blockNumber")).toBe("0x1001");
  });

  it("does not mind what nodes add, how they write addresses, or how they word a refusal", async () => {
    const { send } = await open(
      honest,
      but({ eth_getLogs: [{ ...log, address: "0xaB", blockTimestamp: "0x1" }] }),
    );
    expect(await send("eth_getLogs", [{}])).toEqual([log]);

    const refusal =
      (message: string): Answer =>
      () => ({ error: { code: 3, message } });
    const refused = await open(refusal("execution reverted"), refusal("VM Exception"));
    await expect(refused.send("eth_call", [{}])).rejects.not.toMatchObject({
      code: chainErrors.nodesDisagree.code,
    });
  });

  it("uses the very answer that was compared, of a node that answers twice, once wrong and once right", async () => {
    const lying = await node(honest, (answers) => {
      const truths = [answers].flat() as Record<string, unknown>[];
      const lies = truths.map((truth) => ({ ...truth, result: "0x666" }));
      return [...lies, ...truths];
    });
    const right = await node(honest);
    const request = comparedRequest([lying.url, right.url], { timeoutMs: 10_000, waitsMs: [] });
    const provider = new JsonRpcProvider(request, 31337, { staticNetwork: true });

    expect(await provider.send("eth_call", [{}, "latest"])).toBe("0x2a");
    expect(
      await Promise.all(["eth_call", "eth_blockNumber"].map((each) => provider.send(each, []))),
    ).toEqual(["0x2a", "0x10"]);
  });

  it("does not take a refusal for agreement", async () => {
    const { send } = await open(honest, () => ({ error: { code: -32000, message: "pruned" } }));

    await expect(send("eth_call", [{}])).rejects.toMatchObject({
      code: chainErrors.nodesDisagree.code,
    });
  });

  it("asks one node alone for what nodes may differ in", async () => {
    const { nodes, send } = await open(honest, but({ eth_gasPrice: "0x9" }));

    expect(await send("eth_gasPrice")).toBe("0x7");
    expect(nodes[1]?.asked).toEqual([]);
  });

  describe("a signed transaction", () => {
    const RAW = "0x02c0";
    const refusing =
      (message: string): Answer =>
      (method, params) =>
        method === "eth_sendRawTransaction"
          ? { error: { code: -32000, message } }
          : honest(method, params);
    const sent = (node: { asked: string[] } | undefined) =>
      node?.asked.filter((method) => method === "eth_sendRawTransaction").length;

    it("goes to every node, also in a batch with what nodes are compared in", async () => {
      const { nodes, send } = await open(honest, honest, honest);

      const [hash, result] = await Promise.all([
        send("eth_sendRawTransaction", [RAW]),
        send("eth_call", [{}, "latest"]),
      ]);

      expect([hash, result]).toEqual([keccak256(RAW), "0x2a"]);
      expect(nodes.map(sent)).toEqual([1, 1, 1]);
    });

    it.each([
      ["takes it", honest],
      ["has it already", refusing("already known")],
    ])("is on its way when the first node refuses and another %s", async (_, other) => {
      const { send } = await open(refusing("not today"), other);

      expect(await send("eth_sendRawTransaction", [RAW])).toBe(keccak256(RAW));
    });

    it("does not wait for a node that never answers", async () => {
      const silent = createServer(() => {}).listen(0, "127.0.0.1");
      servers.push(silent);
      await once(silent, "listening");
      const { url } = await node(honest);
      const request = comparedRequest(
        [`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, url],
        { timeoutMs: 5000 },
      );
      const provider = new JsonRpcProvider(request, 31337, { staticNetwork: true });

      const from = performance.now();
      await provider.send("eth_sendRawTransaction", [RAW]);
      expect(performance.now() - from).toBeLessThan(2500);
      silent.closeAllConnections();
    });

    it("is refused in the first node's words when all refuse, and in another's while the first is away", async () => {
      const { nodes, send } = await open(refusing("nonce too low"), refusing("too cheap"));
      await expect(send("eth_sendRawTransaction", [RAW])).rejects.toMatchObject({
        code: "NONCE_EXPIRED",
      });

      const provider = new JsonRpcProvider(
        comparedRequest(["http://127.0.0.1:1", nodes[0]?.url as string], { timeoutMs: 2000 }),
        31337,
        { staticNetwork: true },
      );
      await expect(provider.send("eth_sendRawTransaction", [RAW])).rejects.toMatchObject({
        code: "NONCE_EXPIRED",
      });
    });

    it("is not held back by a node alone that says the contract refuses", async () => {
      const lying: Answer = (method, params) =>
        method === "eth_estimateGas"
          ? { error: { code: 3, message: "execution reverted" } }
          : honest(method, params);
      const one = await open(lying, but({ eth_estimateGas: "0x5208" }));
      expect(await one.send("eth_estimateGas", [{}])).toBe("0x5208");

      const all = await open(lying, lying);
      await expect(all.send("eth_estimateGas", [{}])).rejects.toMatchObject({
        code: "CALL_EXCEPTION",
      });
    });
  });

  it("fails when a node to compare with is away, and names it", async () => {
    const { url } = await node(honest);
    const request = comparedRequest([url, "http://127.0.0.1:1"], { timeoutMs: 2000 });
    const provider = new JsonRpcProvider(request, 31337, { staticNetwork: true });

    await expect(provider.send("eth_call", [{}])).rejects.toMatchObject({
      code: chainErrors.comparedAway.code,
      message: expect.stringContaining("http://127.0.0.1:1"),
    });
  });
});
