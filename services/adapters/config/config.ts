import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { CommonweightError } from "../../protocol/errors.ts";
import { configErrors } from "./errors.ts";
import { type NetworkConfig, networkSchema } from "./network-config.ts";
import { readRunningMarket, runningMarketPath } from "./running-market.ts";

/** The name of the file that is looked for in the current folder. */
export const CONFIG_FILE_NAME = "commonweight.config.json";

const configSchema = z.strictObject({
  /** Which of `networks` is used when --network is absent. */
  network: z.string().default("embedded"),
  networks: z.record(z.string(), networkSchema).default({}),
  /** Where databases, IPFS blocks and downloaded artefacts live; relative to the file. */
  stateFolder: z.string().default(".commonweight"),
  /**
   * Where powers of tau and the checksums of checked ones are kept; `cache` in the state folder without it. Programs may share it:
   * everything in it can be made again.
   */
  cacheFolder: z.string().optional(),
  /** Where encrypted keystores live; relative to the file. */
  keysFolder: z.string().default(".commonweight/keys"),
  ipfs: z
    .strictObject({
      /** Multiaddresses to listen on. */
      listen: z.array(z.string()).default(["/ip4/127.0.0.1/tcp/0"]),
      /** Multiaddresses of nodes to dial at start. */
      bootstrap: z.array(z.string()).default([]),
      /** Lets others find an aggregator's content by a DHT: the public IPFS network's, or one of the market's own nodes. */
      dht: z.enum(["public", "private"]).optional(),
      /** Trustless gateways that are asked when no peer has a block. */
      gatewayUrls: z.array(z.url()).default([]),
    })
    .prefault({}),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Everything a program is told from outside, checked; folders are absolute. */
export type Config = z.infer<typeof configSchema> & { readonly cacheFolder: string };

/** A development node on this machine, when no market of `commonweight up` is found. */
const EMBEDDED_NETWORK: NetworkConfig = { rpcUrl: "http://127.0.0.1:8545", chainId: 31337 };

/** What a flag may set; `undefined` means that the flag was not given. */
export interface ConfigOverrides {
  readonly configPath?: string | undefined;
  readonly network?: string | undefined;
  readonly rpcUrl?: string | undefined;
  readonly stateFolder?: string | undefined;
  readonly logLevel?: string | undefined;
}

/** The process's environment variables, for the adapters that need one of them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The one place where the environment is read. */
export function processEnvironment(): Environment {
  return process.env;
}

function readConfigFile(path: string, isRequired: boolean): Record<string, unknown> {
  if (!isRequired && !existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new TypeError("expected a JSON object");
    }
    return value as Record<string, unknown>;
  } catch (cause) {
    throw new CommonweightError(configErrors.unreadable, `${path}: ${String(cause)}`, { cause });
  }
}

/** A file that is not what `commonweight up` writes counts as none. */
function runningMarket(stateFolder: string): NetworkConfig | undefined {
  const parsed = networkSchema.safeParse(readRunningMarket(runningMarketPath(stateFolder)));
  return parsed.success ? parsed.data : undefined;
}

const withoutUndefined = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/**
 * Reads the configuration: flags win over environment, environment over file, file over the market that runs in the state
 * folder (see `running-market.ts`), that over defaults.
 *
 * Environment: `COMMONWEIGHT_CONFIG`, `COMMONWEIGHT_NETWORK`, `COMMONWEIGHT_RPC_URL`,
 * `COMMONWEIGHT_STATE`, `COMMONWEIGHT_CACHE`, `COMMONWEIGHT_LOG_LEVEL`.
 *
 * @param options.folder Where the file is looked for and what relative folders start from.
 * @throws CW2750 unreadable file; CW2751 a field that is wrong, with its path.
 */
export function loadConfig(options: {
  folder: string;
  environment: Environment;
  overrides?: ConfigOverrides;
}): Config {
  const { folder, environment, overrides = {} } = options;
  const givenPath = overrides.configPath ?? environment.COMMONWEIGHT_CONFIG;
  const path =
    givenPath === undefined ? join(folder, CONFIG_FILE_NAME) : resolve(folder, givenPath);
  const file = readConfigFile(path, givenPath !== undefined);

  const parsed = configSchema.safeParse({
    ...file,
    ...withoutUndefined({
      network: overrides.network ?? environment.COMMONWEIGHT_NETWORK,
      stateFolder: overrides.stateFolder ?? environment.COMMONWEIGHT_STATE,
      cacheFolder: environment.COMMONWEIGHT_CACHE,
      logLevel: overrides.logLevel ?? environment.COMMONWEIGHT_LOG_LEVEL,
    }),
  });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path: field, message }) => `${field.join(".") || "(root)"}: ${message}`,
    );
    throw new CommonweightError(configErrors.invalid, problems.join("\n"), {
      details: { path, problems },
    });
  }
  const config = parsed.data;
  const stateFolder = resolve(folder, config.stateFolder);
  const rpcUrl = overrides.rpcUrl ?? environment.COMMONWEIGHT_RPC_URL;
  if (rpcUrl !== undefined && !networkSchema.safeParse({ rpcUrl }).success) {
    const message = `--rpc-url (or COMMONWEIGHT_RPC_URL) "${rpcUrl}": an http, https, ws or wss address, please`;
    throw new CommonweightError(configErrors.invalid, message);
  }
  const running = runningMarket(stateFolder);
  const networks: Record<string, NetworkConfig> = {
    embedded: running ?? EMBEDDED_NETWORK,
    ...config.networks,
  };
  if (rpcUrl !== undefined) {
    const known =
      config.networks[config.network] ?? (config.network === "embedded" ? running : undefined);
    // Another node of the same network; without a chain number nobody would notice that it is of another.
    networks[config.network] = known?.chainId === undefined ? { rpcUrl } : { ...known, rpcUrl };
  }
  return {
    ...config,
    networks,
    stateFolder,
    cacheFolder: resolve(folder, config.cacheFolder ?? join(stateFolder, "cache")),
    keysFolder: resolve(folder, config.keysFolder),
  };
}

/**
 * The network in use.
 *
 * @throws CW2752 with the names that are known.
 */
export function selectedNetwork(config: Config): NetworkConfig & { readonly name: string } {
  const isKnown = Object.hasOwn(config.networks, config.network);
  const network = isKnown ? config.networks[config.network] : undefined;
  if (network === undefined) {
    const known = Object.keys(config.networks).join(", ");
    throw new CommonweightError(
      configErrors.networkUnknown,
      `network "${config.network}" is not configured; known: ${known}`,
    );
  }
  return { ...network, name: config.network };
}

/**
 * Reads a secret (a keystore's password, a key) from the environment.
 *
 * @throws CW2753 when it is not set.
 */
export function readSecret(environment: Environment, name: `COMMONWEIGHT_${string}`): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new CommonweightError(configErrors.secretMissing, `${name} is not set`);
  }
  return value;
}
