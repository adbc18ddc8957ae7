import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { aggregatorErrors } from "../../services/aggregator/errors.ts";
import { createMetrics } from "../../services/aggregator/metrics.ts";
import { type HttpServer, startHttpServer } from "../../services/aggregator/server/http-server.ts";
import { openApiDocument } from "../../services/aggregator/server/open-api.ts";
import { contentStoreErrors } from "../../services/protocol/content-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { eventually } from "../eventually.ts";

const ADDRESS = `0x${"ab".repeat(20)}`;
const SECRET = "private key of this service";
let server: HttpServer;

/** A service that knows one settled round; whatever is handed in comes to a sudden end inside. */
beforeAll(async () => {
  const takeIn = async () => {
    throw new TypeError(`cannot read ${SECRET}`);
  };
  server = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    metrics: createMetrics(),
    intake: { takeReferences: takeIn, takeUpdate: takeIn, takeKey: takeIn, takeEvaluation: takeIn },
    grantModelKey: async () => ({ sealedKey: `0x${"00".repeat(80)}` }),
    status: {
      startedAt: 1,
      alerts: () => [alert],
      readiness: () => readiness,
      ipfs: () => ({
        peerId: "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
        multiaddrs: [],
      }),
      market: () => ({
        chainId: 31337n,
        rpcUrl: "http://127.0.0.1:8545",
        aggregator: ADDRESS,
        addresses: { market: ADDRESS, vault: ADDRESS, registry: ADDRESS },
      }),
      projects: () => [{ projectId: 1n, phase: "idle", terms: { slots: 8 } }],
      round: (projectId, roundIndex) => ({ projectId, roundIndex, report }),
      modelCopy: (projectId, version) => ({ cid: `bafkrei${projectId}model${version}` }),
      evaluations: () => ({ evaluations: [evaluation] }),
      onEvent: () => () => {},
    },
    files: {
      want: async (projectId, cid) => {
        throw new CommonweightError(aggregatorErrors.unknownRecord, `${projectId} ${cid}`);
      },
      take: takeIn,
    },
    readBlock: async (cid) => {
      throw new CommonweightError(contentStoreErrors.notFound, cid);
    },
    // biome-ignore lint/correctness/useYield: it ends before the first block, as for content that is not here.
    exportCar: async function* (cid) {
      throw new CommonweightError(contentStoreErrors.notFound, cid);
    },
  });
});
afterAll(() => server.stop());

const alert = {
  ...({ kind: "deadline", subject: "project 1", since: 3 } as const),
  message: "the round is not open, and the window ends in 9 s",
};

const readiness = {
  isReady: true,
  failingProjects: [{ projectId: 7n, message: "CW1804: not the model" }],
  alerts: [alert],
};

const evaluation = {
  ...{ version: 1, modelCid: "bafkreiaa", samples: 40 },
  ...{ accuracyMillionths: 912_500, lossMillionths: 310_000, signature: `0x${"11".repeat(65)}` },
};

const report = {
  roundIndex: 0,
  settledBy: ADDRESS,
  transactionHash: "0x01",
  isVoid: false,
  budgetWei: 10n,
  paidWei: 9n,
  modelCid: "bafkreiaa",
  costs: { transactions: 3, gasUsed: 5n, costWei: 6n, settleFeeWei: 7n },
  proofSeconds: 1.5,
  trainers: [
    {
      trainer: ADDRESS,
      slot: 3,
      bundleCid: "bafkreibb",
      verdict: "inactive",
      weight: 0,
      share: 0,
      earnedWei: 0n,
      text: "Your update was left out without fault.",
      exclusion: {
        reason: 2,
        name: "bundle-not-found",
        bundleCid: "bafkreibb",
        commitmentHash: `0x${"cc".repeat(32)}`,
        code: "CW2400",
        explanation: "content not found",
      },
    },
  ],
};

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<
    Record<string, { readonly content?: Record<string, { readonly schema: object }> }>
  >;
}
const { paths } = openApiDocument() as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const VALUES: Readonly<Record<string, string>> = {
  projectId: "1",
  roundIndex: "0",
  cid: "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
  account: ADDRESS,
  version: "3",
};
const urlOf = (path: string, values: Readonly<Record<string, string>> = VALUES) =>
  server.url + path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
const errorShape = z.strictObject({
  code: z.string().regex(/^CW\d{4}$/),
  message: z.string().min(1),
  hint: z.string().min(1),
});
const jsonSchema = (operation: Operation) =>
  operation.responses["200"]?.content?.["application/json"]?.schema ?? {};

describe("the interface against its own description", () => {
  it("asks a client for no field that may be left out, and tells one that sends no JSON how to", async () => {
    const path = "/v1/projects/{projectId}/rounds/{roundIndex}/updates";
    const body = paths[path]?.post?.requestBody as {
      readonly content: Record<string, { readonly schema: { readonly required: string[] } }>;
    };

    expect(body.content["application/json"]?.schema.required).not.toContain("multiaddrs");
    const response = await fetch(urlOf(path), { method: "POST", body: "trainer=1" });
    expect(errorShape.parse(await response.json()).message).toContain("application/json");
  });

  it("describes what there is", () => {
    expect(operations.length).toBeGreaterThanOrEqual(10);
    for (const { method, operation } of operations) {
      // A description without a shape would be kept by any answer.
      if (method === "get") expect(Object.keys(jsonSchema(operation)).length).toBeGreaterThan(1);
      else expect(operation.requestBody).toBeDefined();
    }
  });

  it("says by the status, too, that it cannot work", async () => {
    readiness.isReady = false;
    const response = await fetch(urlOf("/v1/ready"));
    readiness.isReady = true;

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ isReady: false });
    expect(paths["/v1/ready"]?.get?.responses).toHaveProperty("503");
  });

  it.each([
    ["/", /serves no page: "npm run web" makes the files/],
    ["/nothing", /^nothing is at GET \/nothing; \/v1\/openapi.json describes/],
  ])("GET %s says what there is instead", async (path, message) => {
    const response = await fetch(new URL(path, urlOf("/v1/health")));

    expect(response.status).toBe(404);
    expect(errorShape.parse(await response.json()).message).toMatch(message);
  });

  for (const { path, method, operation } of operations) {
    if (method === "get") {
      it(`GET ${path} answers in the shape it promises`, async () => {
        const response = await fetch(urlOf(path));

        expect(response.status).toBe(200);
        const shape = z.fromJSONSchema(jsonSchema(operation) as never);
        expect(shape.safeParse(await response.json()).error?.issues ?? []).toEqual([]);
      });
    } else if (path.endsWith("/files/{cid}")) {
      it(`POST ${path} refuses a file that no project of ours names, whatever its body`, async () => {
        for (const body of ["{}", "", "x".repeat(200_000)]) {
          const response = await fetch(urlOf(path), { method: "POST", body });

          expect(response.status).toBe(404);
          expect(errorShape.parse(await response.json()).code).toBe("CW5006");
        }
      });
    } else {
      it(`POST ${path} refuses what is not in its shape, naming the fields`, async () => {
        for (const body of ["{}", "[]", "null", '{"signature":1}', "{", ""]) {
          const response = await fetch(urlOf(path), {
            method: "POST",
            body,
            headers: { "content-type": "application/json" },
          });

          expect(response.status).toBe(400);
          expect(errorShape.parse(await response.json()).code).toBe("CW5005");
        }
      });
    }
    if (operation.parameters === undefined) continue;
    it(`${method.toUpperCase()} ${path} refuses numbers that are none`, async () => {
      for (const projectId of ["0x1", "-1", "1e3", "%00", "99999999999999999999", "1;DROP"]) {
        const response = await fetch(urlOf(path, { ...VALUES, projectId }), {
          method,
          ...(method === "post"
            ? { body: "{}", headers: { "content-type": "application/json" } }
            : {}),
        });
        expect(response.status).toBe(400);
        errorShape.parse(await response.json());
      }
    });
  }
});

describe("hostile requests", () => {
  it("of any method, path, header and body get an answer that is no crash and tells nothing of the inside", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          "v1",
          "projects",
          "1",
          "rounds",
          "0",
          "keys",
          "ipfs",
          "..",
          "%2e%2e",
          "%",
          "%ff",
          "__proto__",
        ],
      ),
      fc.string({ maxLength: 12 }).map(encodeURIComponent),
    );
    const request = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
      path: fc.oneof(
        fc.array(piece, { maxLength: 7 }),
        fc.constantFrom(["v1", "health"], ["v1", "projects", "1", "rounds", "0"]),
      ),
      body: fc.oneof(fc.json(), fc.string({ maxLength: 200 }), fc.constant("[".repeat(20_000))),
      type: fc.constantFrom(
        "application/json",
        "text/plain",
        "application/json; charset=utf-7",
        "multipart/form-data",
      ),
    });
    const statuses = new Set<number>();

    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, body, type }) => {
        const response = await fetch(`${server.url}/${path.join("/")}`, {
          method,
          headers: { "content-type": type },
          ...(method === "GET" ? {} : { body }),
        });
        const text = await response.text();
        statuses.add(response.status);
        expect(text).not.toContain(SECRET);
        expect(text).not.toMatch(/node_modules|\.ts:\d/);
        if (response.status >= 400) errorShape.parse(JSON.parse(text));
      }),
      { numRuns: 300, seed: 7 },
    );

    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404]));
    expect((await fetch(`${server.url}/v1/health`)).status).toBe(200);
  });

  it("with a large body are refused before they are read to the end", async () => {
    const response = await fetch(urlOf("/v1/projects/{projectId}/rounds/{roundIndex}/keys"), {
      method: "POST",
      body: JSON.stringify({ signature: "x".repeat(70_000) }),
      headers: { "content-type": "application/json" },
    });

    expect(response.status).toBe(413);
    errorShape.parse(await response.json());
  });

  it.each([
    ["a path that is not encoded", "/%E0%A4%A", {}, 400],
    [
      "another charset",
      "/v1/projects/1/evaluations",
      { "content-type": "application/json; charset=klingon" },
      415,
    ],
    ["an unknown packing", "/v1/projects/1/evaluations", { "content-encoding": "bogus" }, 415],
    [
      "a packing that it does not have",
      "/v1/projects/1/evaluations",
      { "content-encoding": "gzip" },
      400,
    ],
    ["a body that is no JSON", "/v1/projects/1/evaluations", {}, 400],
  ])(
    "with %s are the sender's mistake, and the message says which",
    async (_, path, headers, status) => {
      const response = await fetch(server.url + path, {
        method: "POST",
        body: "{",
        headers: { "content-type": "application/json", ...headers },
      });

      expect(response.status).toBe(status);
      const { code, message } = errorShape.parse(await response.json());
      expect(code).toBe("CW5005");
      expect(message).not.toMatch("could not be handled");
    },
  );

  it("for more event streams than one address may hold are refused, until one is closed", async () => {
    const stops = Array.from({ length: 200 }, () => new AbortController());
    const open = (signal?: AbortSignal) =>
      fetch(`${server.url}/v1/events`, signal ? { signal } : {});
    const opened = await Promise.all(stops.map(({ signal }) => open(signal)));

    const refused = await open();
    for (const stop of stops) stop.abort();

    expect(opened.every(({ status }) => status === 200)).toBe(true);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(errorShape.parse(await refused.json()).code).toBe("CW5013");
    await eventually(async () => {
      const stop = new AbortController();
      expect((await open(stop.signal)).status).toBe(200);
      stop.abort();
    });
  });

  it("that are too many are refused with a code and the seconds to wait", async () => {
    const file = urlOf("/v1/projects/{projectId}/files/{cid}");
    let last: Response | undefined;
    for (let i = 0; i < 40 && last?.status !== 429; i++)
      last = await fetch(file, { method: "POST" });

    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(errorShape.parse(await last?.json()).code).toBe("CW5013");
  });

  it("that are no HTTP are ended, and others are still served", async () => {
    const { port } = new URL(server.url);
    const ended = await Promise.all(
      [
        "\0\0\0\0",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`,
      ].map(
        (bytes) =>
          new Promise<string>((resolve) => {
            let text = "";
            const socket = connect(Number(port), "127.0.0.1", () => socket.end(bytes));
            socket.on("data", (data) => {
              text += data.toString();
            });
            socket.on("error", () => resolve(text));
            socket.on("close", () => resolve(text));
          }),
      ),
    );

    for (const text of ended) expect(text).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
    expect((await fetch(`${server.url}/v1/health`)).status).toBe(200);
  });
});
