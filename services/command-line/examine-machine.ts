import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, statfs } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { KEY_FOLDER, readKeyRecords } from "../adapters/artifacts/key-records.ts";
import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import { countProjects } from "../adapters/chain/projects/project.ts";
import type { Config } from "../adapters/config/config.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import type { Examination } from "./diagnosis.ts";

const LEAST_FREE_BYTES = 2 ** 30;
const MOST_CLOCK_SECONDS = 300;
const unzip = promisify(gunzip);

async function lookAtNode(): Promise<string> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24) throw new TypeError(`Node ${process.versions.node}`);
  return `Node ${process.versions.node}`;
}

async function lookAtFolder({ stateFolder }: Config): Promise<string> {
  makeFolder(stateFolder);
  await access(stateFolder, constants.W_OK);
  const { bavail, bsize } = await statfs(stateFolder);
  if (bavail * bsize < LEAST_FREE_BYTES) throw new TypeError("less than 1 GiB is free");
  return `${stateFolder}, ${Math.floor((bavail * bsize) / 2 ** 30)} GiB free`;
}

async function lookAtKeys(): Promise<string> {
  const records = await readKeyRecords();
  const found: string[] = [];
  for (const { name, checksums } of records) {
    for (const suffix of ["wasm", "zkey"] as const) {
      // Only some sizes come with the repository; the others are made when they are wanted.
      const zipped = await readFile(new URL(`${name}.${suffix}.gz`, KEY_FOLDER)).catch(() => null);
      if (zipped === null) continue;
      const sum = createHash("sha256")
        .update(await unzip(zipped))
        .digest("hex");
      if (sum !== checksums[suffix]) throw new TypeError(`${name}.${suffix}.gz is another file`);
      if (suffix === "zkey") found.push(name);
    }
  }
  return `${found.join(", ")}: checksums are right`;
}

async function lookAtClock(chain: Chain): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000) - (await chainTime(chain));
  // A chain without traffic makes no blocks, so only a block of the future says something about this clock.
  if (seconds < -MOST_CLOCK_SECONDS) throw new TypeError(`${-seconds} s behind the newest block`);
  return seconds < 0
    ? `the newest block is ${-seconds} s ahead`
    : `the newest block is ${seconds} s old`;
}

/** Looks at what every program of ours needs of the machine it runs on. */
export async function examineMachine(examination: Examination, config: Config): Promise<void> {
  await examination.look("Node.js", lookAtNode, "Install Node.js 24 or newer.");
  await examination.look(
    "state folder",
    () => lookAtFolder(config),
    "Choose a folder on a disk with room, where you may write, with --state.",
  );
  await examination.look(
    "circuit keys",
    lookAtKeys,
    "Take circuits/keys from the release again, or make the key with `npm run circuits`.",
  );
}

/**
 * Looks at the chain and the market on it.
 *
 * @param connect Connects to the market; rejects with what is wrong.
 * @returns The connection, to be closed by the caller; undefined when there is none.
 */
export async function examineMarket(
  examination: Examination,
  connect: () => Promise<Chain>,
): Promise<Chain | undefined> {
  let connected: Chain | undefined;
  await examination.look("chain", async () => {
    connected = await connect();
    return `chain ${connected.chainId} at ${connected.rpcUrl}`;
  });
  const chain = connected;
  if (chain === undefined) {
    for (const part of ["contracts", "clock"]) examination.skip(part, "no chain to ask");
    return undefined;
  }
  await examination.look("contracts", async () => {
    const projects = await countProjects(chain);
    return `market ${chain.addresses.market} with ${projects} ${projects === 1 ? "project" : "projects"}`;
  });
  await examination.look("clock", () => lookAtClock(chain), "Set this machine's clock (NTP).");
  return chain;
}
