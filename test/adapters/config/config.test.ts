import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  loadConfig,
  readSecret,
  selectedNetwork,
} from "../../../services/adapters/config/config.ts";
import { runningMarketPath } from "../../../services/adapters/config/running-market.ts";

describe("loadConfig", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "commonweight-config-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const write = (content: unknown) =>
    writeFile(
      join(folder, "commonweight.config.json"),
      typeof content === "string" ? content : JSON.stringify(content),
    );

  it("works without a file: the embedded network, folders below the current one", () => {
    const config = loadConfig({ folder, environment: {} });

    expect(selectedNetwork(config)).toEqual({
      name: "embedded",
      rpcUrl: "http://127.0.0.1:8545",
      chainId: 31337,
    });
    expect(config.stateFolder).toBe(join(folder, ".commonweight"));
  });

  it("finds the market that runs in the state folder, unless the file names another", async () => {
    const running = { rpcUrl: "http://127.0.0.1:4000", chainId: 31337, deployBlock: 3 };
    const path = runningMarketPath(join(folder, "state"));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify({ networks: { embedded: running } }));
    const load = () => loadConfig({ folder, environment: { COMMONWEIGHT_STATE: "state" } });

    expect(selectedNetwork(load())).toEqual({ name: "embedded", ...running });
    await write({ networks: { embedded: { rpcUrl: "http://a.example" } } });
    expect(selectedNetwork(load()).rpcUrl).toBe("http://a.example");
  });

  it("takes half a file of a killed market for none", async () => {
    const path = runningMarketPath(folder);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{"networks":{"embedded":{"rpcUrl":"http');

    const config = loadConfig({ folder, environment: { COMMONWEIGHT_STATE: "." } });

    expect(selectedNetwork(config).rpcUrl).toBe("http://127.0.0.1:8545");
  });

  it("lets flags win over the environment, and the environment over the file", async () => {
    await write({
      network: "file",
      logLevel: "warn",
      networks: { file: { rpcUrl: "http://a.example" } },
    });
    const environment = { COMMONWEIGHT_NETWORK: "environment", COMMONWEIGHT_LOG_LEVEL: "error" };

    const config = loadConfig({ folder, environment, overrides: { network: "flag" } });

    expect(config.network).toBe("flag");
    expect(config.logLevel).toBe("error");
  });

  it("takes another node of the same network, whose chain number is still asked for", async () => {
    const market = `0x${"11".repeat(20)}`;
    await write({ networks: { embedded: { rpcUrl: "http://a.example", chainId: 5, market } } });

    const config = loadConfig({
      folder,
      environment: { COMMONWEIGHT_RPC_URL: "http://b.example" },
    });

    expect(selectedNetwork(config)).toEqual({
      ...{ name: "embedded", rpcUrl: "http://b.example", chainId: 5, market },
    });
  });

  it.each(["notaurl", "ftp://x.example", ""])("refuses %j as a node", async (rpcUrl) => {
    const environment = { COMMONWEIGHT_RPC_URL: rpcUrl };

    expect(() => loadConfig({ folder, environment })).toThrow(
      expect.objectContaining({ code: "CW2751", message: expect.stringContaining("--rpc-url") }),
    );
  });

  it.each(["constructor", "__proto__"])("knows no network %s", (network) => {
    const config = loadConfig({ folder, environment: {}, overrides: { network } });

    expect(() => selectedNetwork(config)).toThrow(expect.objectContaining({ code: "CW2752" }));
  });

  it("forgets a market without a chain number when a node is given: it may be another chain's", async () => {
    const market = `0x${"11".repeat(20)}`;
    await write({ networks: { embedded: { rpcUrl: "http://a.example", market } } });
    const given = (network?: string) =>
      selectedNetwork(
        loadConfig({ folder, environment: {}, overrides: { rpcUrl: "http://b.example", network } }),
      );

    expect(given()).toEqual({ name: "embedded", rpcUrl: "http://b.example" });
    expect(given("new")).toEqual({ name: "new", rpcUrl: "http://b.example" });
  });

  it.each([
    ["{", "CW2750", "commonweight.config.json"],
    ["[]", "CW2750", "object"],
    [{ netwrok: "a" }, "CW2751", "netwrok"],
    [{ networks: { a: { rpcUrl: "ftp://a" } } }, "CW2751", "networks.a.rpcUrl"],
    [{ networks: { a: { rpcUrl: "http://a", market: "0x12" } } }, "CW2751", "networks.a.market"],
    [{ logLevel: "loud" }, "CW2751", "logLevel"],
  ])("refuses %j with %s and names the place", async (content, code, place) => {
    await write(content);

    const error = expect.objectContaining({ code, message: expect.stringContaining(place) });
    expect(() => loadConfig({ folder, environment: {} })).toThrow(error);
  });

  it("refuses a file that was asked for and is not there", () => {
    expect(() => loadConfig({ folder, environment: { COMMONWEIGHT_CONFIG: "no.json" } })).toThrow(
      expect.objectContaining({ code: "CW2750" }),
    );
  });

  it("names the known networks when the chosen one is unknown", () => {
    const config = loadConfig({ folder, environment: {}, overrides: { network: "moon" } });

    expect(() => selectedNetwork(config)).toThrow(
      expect.objectContaining({ code: "CW2752", message: expect.stringContaining("embedded") }),
    );
  });
});

describe("readSecret", () => {
  it("reads a secret, and names the variable that is missing or empty", () => {
    expect(readSecret({ COMMONWEIGHT_PASSWORD: "p" }, "COMMONWEIGHT_PASSWORD")).toBe("p");
    for (const environment of [{}, { COMMONWEIGHT_PASSWORD: "" }]) {
      expect(() => readSecret(environment, "COMMONWEIGHT_PASSWORD")).toThrow(
        expect.objectContaining({
          code: "CW2753",
          message: expect.stringContaining("COMMONWEIGHT_PASSWORD"),
        }),
      );
    }
  });
});
