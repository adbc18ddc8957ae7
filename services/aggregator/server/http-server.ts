import type { AddressInfo } from "node:net";
import express, { type NextFunction, type Request, type Response } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import type { ZodError, ZodType } from "zod";
import { CommonweightError } from "../../protocol/errors.ts";
import {
  evaluationSchema,
  keyReleaseSchema,
  referencesSchema,
  signedUpdateSchema,
} from "../../protocol/market/api.ts";
import { aggregatorErrors } from "../errors.ts";
import type { Intake } from "../intake/intake.ts";
import type { Metrics } from "../metrics.ts";
import type { ServiceStatus } from "../service-status.ts";
import { answerError, refuseTooMany } from "./answer-error.ts";
import { cutPipelines } from "./cut-pipelines.ts";
import { addEventRoute } from "./event-route.ts";
import { type ConnectionLimits, connectionLimits, limitConnections } from "./limit-connections.ts";
import type { GrantModelKey } from "./model-keys.ts";
import { openApiDocument } from "./open-api.ts";
import { plainJson } from "./plain-json.ts";
import { addProjectFileRoute, type ProjectFiles } from "./project-files.ts";
import { sendCar } from "./send-car.ts";

/** What the interface shows and takes in. */
export interface HttpServerParameters {
  readonly port: number;
  readonly host: string;
  readonly intake: Intake;
  readonly status: ServiceStatus;
  readonly files: ProjectFiles;
  /** A block of content that is here, for browsers: checked by them against its CID. */
  readonly readBlock: (cid: string) => Promise<Uint8Array>;
  readonly exportCar: (cid: string) => AsyncIterable<Uint8Array>;
  readonly grantModelKey: GrantModelKey;
  readonly metrics: Metrics;
  /** Instead of what this machine allows. */
  readonly connections?: ConnectionLimits | undefined;
  /** Folder of the web page's static files; absent when it is not built. */
  readonly webFolder?: string | undefined;
}

/** A listening server. */
export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Largest body of a request: a signed message and some addresses. */
const MAX_BODY_BYTES = 64 * 1024;

/** Of one address. A page that audits a long project asks for thousands of blocks, which are only read from disk. */
const REQUESTS_A_MINUTE = { "/v1": 3000, "/ipfs": 20_000, "/metrics": 3000 } as const;
const UNREAD_MS = 120_000;
/** How long a request may take to arrive: as long as its sender waits for a large model on a slow line. */
const REQUEST_MS = 300_000;

const integer = (value: unknown, name: string): bigint => {
  if (typeof value !== "string" || !/^(0|[1-9][0-9]{0,18})$/.test(value)) {
    throw new CommonweightError(aggregatorErrors.badRequest, `${name} is not a number: ${value}`);
  }
  return BigInt(value);
};

const parse = <T>(schema: ZodType<T>, body: unknown): T => {
  if (body === undefined) {
    const message = "no body of JSON; send one with the header content-type: application/json";
    throw new CommonweightError(aggregatorErrors.badRequest, message);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new CommonweightError(aggregatorErrors.badRequest, describe(parsed.error));
};

const describe = (error: ZodError) =>
  error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`).join("; ");

/** Starts the aggregator's interface. It is a convenience: nobody's money depends on what it says. */
export async function startHttpServer(parameters: HttpServerParameters): Promise<HttpServer> {
  const { intake, status, webFolder } = parameters;
  const app = express();
  app.disable("x-powered-by");
  const connections = limitConnections(parameters.connections ?? connectionLimits());
  app.use(cutPipelines());
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          "default-src": ["'self'"],
          "script-src": ["'self'", "'wasm-unsafe-eval'"],
          "worker-src": ["'self'", "blob:"],
          // The page reads any chain and any gateway that its user names, and verifies what it reads.
          "connect-src": ["*"],
          "img-src": ["'self'", "data:", "blob:"],
          "style-src": ["'self'", "'unsafe-inline'"],
          "upgrade-insecure-requests": null,
        },
      },
      crossOriginResourcePolicy: { policy: "cross-origin" },
    }),
  );
  app.use((_request, response, next) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    next();
  });
  app.use(connections.refuse);
  app.options("/{*path}", (_request, response) => {
    response.setHeader("Access-Control-Allow-Headers", "content-type");
    response.setHeader("Access-Control-Allow-Methods", "GET, POST");
    response.status(204).end();
  });
  for (const [part, limit] of Object.entries(REQUESTS_A_MINUTE)) {
    app.use(
      part,
      rateLimit({
        ...{ windowMs: 60_000, limit, standardHeaders: true, legacyHeaders: false },
        handler: refuseTooMany,
      }),
    );
  }
  app.use(express.json({ limit: MAX_BODY_BYTES }));

  const roundOf = (request: Request) => ({
    projectId: integer(request.params.projectId, "project"),
    roundIndex: Number(integer(request.params.roundIndex, "round")),
  });
  const answer =
    (work: (request: Request) => unknown) =>
    async (request: Request, response: Response, next: NextFunction) => {
      try {
        response.type("json").send(plainJson(await work(request)));
      } catch (error) {
        next(error);
      }
    };

  app.get(
    "/v1/health",
    answer(() => ({ status: "ok", startedAt: status.startedAt, alerts: status.alerts() })),
  );
  app.get(
    "/v1/ready",
    (_request, response, next) => {
      if (!status.readiness().isReady) response.status(503);
      next();
    },
    answer(() => status.readiness()),
  );
  app.get(
    "/v1/ipfs",
    answer(() => status.ipfs()),
  );
  app.get(
    "/v1/market",
    answer(() => status.market()),
  );
  app.get(
    "/v1/projects",
    answer(() => status.projects()),
  );
  app.get(
    "/v1/projects/:projectId/rounds/:roundIndex",
    answer((request) => {
      const { projectId, roundIndex } = roundOf(request);
      return status.round(projectId, roundIndex);
    }),
  );
  app.post(
    "/v1/projects/:projectId/rounds/:roundIndex/references",
    answer((request) => {
      const { projectId, roundIndex } = roundOf(request);
      return intake.takeReferences(projectId, roundIndex, parse(referencesSchema, request.body));
    }),
  );
  app.post(
    "/v1/projects/:projectId/rounds/:roundIndex/updates",
    answer((request) => {
      const { projectId, roundIndex } = roundOf(request);
      return intake.takeUpdate(projectId, roundIndex, parse(signedUpdateSchema, request.body));
    }),
  );
  app.post(
    "/v1/projects/:projectId/rounds/:roundIndex/keys",
    answer((request) => {
      const { projectId, roundIndex } = roundOf(request);
      return intake.takeKey(projectId, roundIndex, parse(keyReleaseSchema, request.body));
    }),
  );
  app.get(
    "/v1/projects/:projectId/evaluations",
    answer((request) => status.evaluations(integer(request.params.projectId, "project"))),
  );
  app.post(
    "/v1/projects/:projectId/evaluations",
    answer((request) =>
      intake.takeEvaluation(
        integer(request.params.projectId, "project"),
        parse(evaluationSchema, request.body),
      ),
    ),
  );
  app.get(
    "/v1/projects/:projectId/models/:version/copy",
    answer((request) => {
      const { projectId, version } = request.params;
      const number = Number(integer(version, "model"));
      return status.modelCopy(integer(projectId, "project"), number);
    }),
  );
  app.get(
    "/v1/projects/:projectId/models/:cid/keys/:account",
    answer((request) => {
      const { projectId, cid, account } = request.params;
      if (!/^0x[0-9a-fA-F]{40}$/.test(String(account))) {
        throw new CommonweightError(aggregatorErrors.badRequest, `not an address: ${account}`);
      }
      return parameters.grantModelKey(integer(projectId, "project"), String(cid), String(account));
    }),
  );
  addProjectFileRoute(app, parameters.files);
  app.get("/v1/openapi.json", answer(openApiDocument));
  app.get("/metrics", async (_request, response) => {
    response.type(parameters.metrics.contentType).send(await parameters.metrics.text());
  });
  addEventRoute(app, (listener) => status.onEvent(listener));
  app.get("/ipfs/:cid", async (request, response, next) => {
    try {
      const cid = String(request.params.cid);
      if (request.query.format === "car") {
        await sendCar(parameters.exportCar(cid), response, () =>
          response.type("application/vnd.ipld.car"),
        );
        return;
      }
      const bytes = await parameters.readBlock(cid);
      response.type("application/vnd.ipld.raw").send(Buffer.from(bytes));
    } catch (error) {
      next(error);
    }
  });
  if (webFolder !== undefined) app.use(express.static(webFolder));

  app.use((request, _response, next) =>
    next(
      new CommonweightError(
        aggregatorErrors.unknownRecord,
        `${nothingAt(request)}; /v1/openapi.json describes what there is`,
      ),
    ),
  );
  app.use(answerError);

  const server = app.listen(parameters.port, parameters.host);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  connections.watch(server);
  server.requestTimeout = REQUEST_MS;
  // An answer that nobody reads holds what it is made of.
  server.setTimeout(UNREAD_MS);
  server.headersTimeout = 10_000;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${parameters.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Who opens an aggregator's address in a browser looks for the page, which was not given to this one. */
const nothingAt = ({ method, path }: { readonly method: string; readonly path: string }) =>
  method === "GET" && path === "/"
    ? 'this aggregator serves no page: "npm run web" makes the files, "aggregator run --web web/dist" serves them'
    : `nothing is at ${method} ${path.slice(0, 80)}`;
