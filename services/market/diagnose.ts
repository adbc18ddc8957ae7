import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, readFile, statfs } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { KEY_FOLDER, readKeyRecords } from "../adapters/artifacts/key-records.ts";
import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import { countProjects } from "../adapters/chain/project.ts";
import type { Config } from "../adapters/config/config.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { findContentSample, lookAtGateways, lookAtIpfs } from "./look-at-content.ts";
import { lookAtEncryptionKey, lookAtKeystore } from "./look-at-keys.ts";

/** One part that was looked at. `state` is `unknown` when there was nothing to look at. */
export interface Diagnosis {
  readonly part: string;
  readonly state: "ok" | "broken" | "unknown";
  readonly detail: string;
  /** What to do about it; empty when nothing is wrong. */
  readonly fix: string;
}

const LEAST_FREE_BYTES = 2 ** 30;
const MOST_CLOCK_SECONDS = 300;
const unzip = promisify(gunzip);

async function look(
  part: string,
  body: () => Promise<string>,
  fix = "Run the command again with --verbose.",
): Promise<Diagnosis> {
  try {
    return { part, state: "ok", detail: await body(), fix: "" };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      part,
      state: "broken",
      detail,
      fix: error instanceof CommonweightError ? error.hint : fix,
    };
  }
}

async function lookAtNode(): Promise<string> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24) throw new TypeError(`Node ${process.versions.node}`);
  return `Node ${process.versions.node}`;
}

async function lookAtFolder({ stateFolder }: Config): Promise<string> {
  await mkdir(stateFolder, { recursive: true });
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

type Add = (part: string, body: () => Promise<string>, fix?: string) => Promise<void>;

/** What depends on a chain that answers. */
async function lookAtMarket(
  chain: Chain,
  add: Add,
  { config, signal }: { readonly config: Config; readonly signal: AbortSignal },
): Promise<Diagnosis[]> {
  await add("contracts", async () => {
    const projects = await countProjects(chain);
    return `market ${chain.addresses.market} with ${projects} projects`;
  });
  await add("clock", () => lookAtClock(chain), "Set this machine's clock (NTP).");
  const sample = await findContentSample(chain).catch(() => undefined);
  if (sample === undefined) return ["gateways", "IPFS"].map(unasked("no project to fetch from"));
  const { gatewayUrls } = config.ipfs;
  await add("gateways", () => lookAtGateways(sample, { gatewayUrls, signal }));
  await add("IPFS", () => lookAtIpfs(sample, { signal }));
  return [];
}

const unasked =
  (detail: string) =>
  (part: string): Diagnosis => ({ part, state: "unknown", detail, fix: "" });

/** Looks at everything that Commonweight needs, without changing anything but the state folder. */
export async function diagnose(options: {
  config: Config;
  /** Connects to the market; rejects with what is wrong. */
  connect: () => Promise<Chain>;
  keystore?: string | undefined;
  hasPrivateKey: boolean;
  signal: AbortSignal;
  onProgress: (part: string) => void;
}): Promise<readonly Diagnosis[]> {
  const { config, onProgress, signal, keystore } = options;
  const found: Diagnosis[] = [];
  const add: Add = async (part, body, fix) => {
    signal.throwIfAborted();
    onProgress(`looking at ${part}`);
    found.push(await look(part, body, fix));
  };
  await add("Node.js", lookAtNode, "Install Node.js 24 or newer.");
  await add(
    "state folder",
    () => lookAtFolder(config),
    "Choose a folder on a disk with room, where you may write, with --state.",
  );
  await add(
    "circuit keys",
    lookAtKeys,
    "Take circuits/keys from the release again, or make the key with `npm run circuits`.",
  );
  let chain: Chain | undefined;
  await add("chain", async () => {
    chain = await options.connect();
    return `chain ${chain.chainId} at ${chain.rpcUrl}`;
  });
  if (chain === undefined) {
    found.push(...["contracts", "clock", "gateways", "IPFS"].map(unasked("no chain to ask")));
  } else {
    found.push(...(await lookAtMarket(chain, add, { config, signal })));
    chain.close();
  }
  if (keystore !== undefined) await add("key", () => lookAtKeystore(keystore));
  else if (options.hasPrivateKey) await add("key", async () => "COMMONWEIGHT_PRIVATE_KEY is set");
  else found.push(unasked("no key is given; needed only to sign")("key"));
  await add("encryption key", async () => {
    const path = lookAtEncryptionKey(config.stateFolder);
    return path ?? "none yet; the first command that needs one makes it";
  });
  return found;
}
