import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { type IpfsNode, openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import type { IpfsNodeOptions } from "../../../services/adapters/ipfs/ipfs-node-options.ts";
import type { ErrorDefinition } from "../../../services/protocol/errors.ts";

/** Nodes and folders for the tests of a file, which are gone after each of them. */
export function nodesToTest() {
  const toStop: { stop(): Promise<void> }[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(toStop.splice(0).map((node) => node.stop()));
    await Promise.all(
      folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })),
    );
  });
  return {
    toStop,
    open: async (options: IpfsNodeOptions = {}): Promise<IpfsNode> => {
      const node = await openIpfsNode(options);
      toStop.push(node);
      return node;
    },
    newFolder: async (): Promise<string> => {
      const folder = await mkdtemp(join(tmpdir(), "cw-ipfs-"));
      folders.push(folder);
      return folder;
    },
  };
}

/** Expects an error of this definition. */
export async function fails(work: Promise<unknown>, definition: ErrorDefinition): Promise<void> {
  await expect(work).rejects.toMatchObject({ code: definition.code });
}

/** All files below a folder. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Seeded bytes without repetition. */
export function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed + 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
