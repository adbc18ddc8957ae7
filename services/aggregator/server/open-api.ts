import { type ZodType, z } from "zod";
import {
  errorBodySchema,
  evaluationListSchema,
  evaluationSchema,
  ipfsAddressSchema,
  keyReceiptSchema,
  keyReleaseSchema,
  modelCopySchema,
  modelKeySchema,
  referencesSchema,
  signedUpdateSchema,
} from "../../protocol/market/api.ts";
import {
  healthSchema,
  marketSchema,
  projectsSchema,
  readinessSchema,
  roundSchema,
} from "./api-answers.ts";

/** @param io Requests may leave out what has a value of its own; answers have everything. */
const json = (schema: ZodType | undefined, io: "input" | "output" = "output") => ({
  content: {
    "application/json": { schema: schema === undefined ? {} : z.toJSONSchema(schema, { io }) },
  },
});

const round = "/v1/projects/{projectId}/rounds/{roundIndex}";
const roundParameters = ["projectId", "roundIndex"].map((name) => ({
  name,
  in: "path",
  required: true,
  schema: { type: "string", pattern: "^[0-9]+$" },
}));

const projectParameters = [roundParameters[0] as object];

const modelCopyParameters = [
  roundParameters[0] as object,
  { ...roundParameters[1], name: "version" },
];

const modelKeyParameters = [
  roundParameters[0] as object,
  ...["cid", "account"].map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  })),
];

const operation = (
  summary: string,
  shapes: { body?: ZodType; answer?: ZodType; parameters?: readonly object[] } = {},
) => ({
  summary,
  ...(shapes.parameters ? { parameters: shapes.parameters } : {}),
  ...(shapes.body ? { requestBody: { required: true, ...json(shapes.body, "input") } } : {}),
  responses: {
    200: { description: "done", ...json(shapes.answer) },
    default: { description: "refused, with the reason and the way out", ...json(errorBodySchema) },
  },
});

/** Status 503 has the same answer, for who only looks at the status. */
const withUnready = <T extends ReturnType<typeof operation>>({ responses, ...rest }: T) => ({
  ...rest,
  responses: { ...responses, 503: { ...responses[200], description: "it cannot work now" } },
});

/** The interface as an OpenAPI 3.1 document, made of the very schemas that requests are checked with. */
export function openApiDocument(): object {
  const parameters = roundParameters;
  return {
    openapi: "3.1.0",
    info: {
      title: "Commonweight aggregator",
      version: "1",
      description: "A convenience: nothing it says is proof of anything. Verify on the chain.",
    },
    paths: {
      "/v1/health": {
        get: operation("it runs, and what needs its operator", { answer: healthSchema }),
      },
      "/v1/ready": {
        get: withUnready(
          operation("whether it can work, whose steps fail, and what needs its operator", {
            answer: readinessSchema,
          }),
        ),
      },
      "/v1/market": { get: operation("chain, contracts and account", { answer: marketSchema }) },
      "/v1/ipfs": {
        get: operation("where its IPFS node can be dialled", { answer: ipfsAddressSchema }),
      },
      "/v1/projects": {
        get: operation("the newest fifty projects that name this aggregator", {
          answer: projectsSchema,
        }),
      },
      "/v1/projects/{projectId}/files/{cid}": {
        post: {
          ...operation("manifest or first model of a posted project, as its CID says", {
            parameters: ["projectId", "cid"].map((name) => ({
              ...{ name, in: "path", required: true, schema: { type: "string" } },
            })),
          }),
          requestBody: { required: true, content: { "application/octet-stream": {} } },
        },
      },
      [round]: {
        get: operation("report of a round that it settled", { parameters, answer: roundSchema }),
      },
      [`${round}/references`]: {
        post: operation("the referee's signed commitments of the next round", {
          parameters,
          body: referencesSchema,
        }),
      },
      [`${round}/updates`]: {
        post: operation("a signed update to relay", { parameters, body: signedUpdateSchema }),
      },
      "/v1/projects/{projectId}/evaluations": {
        get: operation("what the referee says to have measured of the models, signed by it", {
          parameters: projectParameters,
          answer: evaluationListSchema,
        }),
        post: operation("the referee's signed measurement of a model", {
          parameters: projectParameters,
          body: evaluationSchema,
        }),
      },
      "/v1/projects/{projectId}/models/{version}/copy": {
        get: operation("under which CID a model is kept whose CID on chain is no good", {
          parameters: modelCopyParameters,
          answer: modelCopySchema,
        }),
      },
      "/v1/projects/{projectId}/models/{cid}/keys/{account}": {
        get: operation("a private model's key, sealed to a reader that joined later", {
          parameters: modelKeyParameters,
          answer: modelKeySchema,
        }),
      },
      [`${round}/keys`]: {
        post: operation("a content key, after the commit phase", {
          parameters,
          body: keyReleaseSchema,
          answer: keyReceiptSchema,
        }),
      },
    },
  };
}
