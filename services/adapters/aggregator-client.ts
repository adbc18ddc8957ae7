import { type ZodType, z } from "zod";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import {
  type EvaluationBody,
  errorBodySchema,
  evaluationListSchema,
  ipfsAddressSchema,
  type KeyReleaseBody,
  keyReceiptSchema,
  modelCopySchema,
  modelKeySchema,
  type ReferencesBody,
  type SignedUpdateBody,
} from "../protocol/market/api.ts";
import { oneLine } from "../protocol/one-line.ts";
import { readBounded } from "./content-store/read-bounded.ts";

export const aggregatorClientErrors = defineErrors([2770, 2799], {
  unreachable: {
    code: "CW2770",
    title: "The aggregator does not answer",
    hint: "It may be restarting: the call is repeated by itself, and what matters can be done on the chain without it.",
  },
  refused: {
    code: "CW2771",
    title: "The aggregator refused the request",
    hint: "The message gives its reason; the chain's own state decides, not the aggregator.",
  },
});

/** How long one request may take. */
const TIMEOUT_MS = 10_000;
/** Longest answer: the longest list of evaluations has half a megabyte. Whoever registers may be anybody, and ten seconds of bytes fill a memory. */
const MAX_ANSWER_BYTES = 2 ** 21;
/** Characters of an aggregator's own words that are passed on. */
const LONGEST_WORDS = 400;

async function request<S extends ZodType>(
  url: string,
  schema: S | undefined,
  options: { body?: unknown; signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<z.infer<S>> {
  const { body, signal, timeoutMs = TIMEOUT_MS } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined ? {} : encodeBody(body)),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const bytes = await readBounded(response, MAX_ANSWER_BYTES, () => tooLong(url));
    answer = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(aggregatorClientErrors.unreachable, `${url}: ${cause}`, { cause });
  }
  if (!response.ok) {
    const refusal = errorBodySchema.safeParse(answer).data;
    throw new CommonweightError(
      aggregatorClientErrors.refused,
      `${url}: ${refusal ? oneLine(`${refusal.code} ${refusal.message}`, LONGEST_WORDS) : `HTTP ${response.status}`}`,
      { details: { status: response.status, remoteCode: refusal?.code } },
    );
  }
  const parsed = schema?.safeParse(answer);
  if (parsed && !parsed.success) {
    throw new CommonweightError(aggregatorClientErrors.refused, `${url}: answer not understood`);
  }
  return (parsed ? parsed.data : answer) as z.infer<S>;
}

const tooLong = (url: string) =>
  new CommonweightError(
    aggregatorClientErrors.refused,
    `${url}: an answer of more than ${MAX_ANSWER_BYTES} bytes`,
  );

/** Bytes as they are, everything else as JSON. */
const encodeBody = (body: unknown): Pick<RequestInit, "body" | "headers"> =>
  body instanceof Uint8Array
    ? { body: body as BufferSource, headers: { "content-type": "application/octet-stream" } }
    : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };

type Options = { signal?: AbortSignal | undefined };
/** Where something of an aggregator's interface is. */
const urlOf = (endpoint: string, path: string) => `${endpoint.replace(/\/$/, "")}/v1/${path}`;
const roundUrl = (endpoint: string, projectId: bigint, roundIndex: number) =>
  urlOf(endpoint, `projects/${projectId}/rounds/${roundIndex}`);

const ownerSchema = z.object({ aggregator: z.string() });

/** What an aggregator says, as part of a line: it could write lines that look like ours. */
const wordsSchema = z.string().transform((text) => oneLine(text, LONGEST_WORDS));

/** Only what is asked of it: an aggregator's report of a round says more. */
const roundReportSchema = z.object({
  report: z
    .object({
      trainers: z.array(
        z.object({
          trainer: z.string(),
          exclusion: z.object({ reason: z.number(), explanation: wordsSchema }).optional(),
        }),
      ),
    })
    .nullable(),
});

/** An aggregator's own report of a round that it settled: its word, not a fact. @throws CW2770, CW2771 */
export const fetchRoundReport = (
  endpoint: string,
  { projectId, roundIndex }: { projectId: bigint; roundIndex: number },
  options: Options = {},
) => request(roundUrl(endpoint, projectId, roundIndex), roundReportSchema, options);

/** Where the aggregator's IPFS node can be dialled. @throws CW2770, CW2771 */
export const fetchIpfsAddresses = (endpoint: string, options: Options = {}) =>
  request(urlOf(endpoint, "ipfs"), ipfsAddressSchema, options);

/** Whose service it is, as it says itself. @throws CW2770, CW2771 */
export const fetchMarket = (endpoint: string, options: Options = {}) =>
  request(urlOf(endpoint, "market"), ownerSchema, options);

/** Asks for a private model's key, sealed to the encryption key that the reader has registered. @throws CW2770, CW2771 */
export const fetchModelKey = (
  endpoint: string,
  { projectId, cid, account }: { projectId: bigint; cid: string; account: string },
  options: Options = {},
) =>
  request(
    urlOf(endpoint, `projects/${projectId}/models/${cid}/keys/${account}`),
    modelKeySchema,
    options,
  );

/**
 * Asks an aggregator under which CID it keeps a model whose CID on chain is no good: its word, to be checked by the model's commitment.
 *
 * @returns undefined when it has none, or does not answer.
 */
export const fetchModelCopy = (
  endpoint: string,
  { projectId, version }: { projectId: bigint; version: number },
  options: Options = {},
): Promise<string | undefined> =>
  request(
    urlOf(endpoint, `projects/${projectId}/models/${version}/copy`),
    modelCopySchema,
    options,
  ).then(
    ({ cid }) => cid,
    () => undefined,
  );

/** Hands a content key over; the receipt is the aggregator's signed word that it has it. */
export const postKey = (
  endpoint: string,
  { projectId, roundIndex }: { projectId: bigint; roundIndex: number },
  body: KeyReleaseBody,
  options: Options = {},
) =>
  request(`${roundUrl(endpoint, projectId, roundIndex)}/keys`, keyReceiptSchema, {
    ...options,
    body,
  });

/** Hands the referee's commitments of a round over, before it opens. */
export const postReferences = (
  endpoint: string,
  { projectId, roundIndex }: { projectId: bigint; roundIndex: number },
  body: ReferencesBody,
  options: Options = {},
) =>
  request(`${roundUrl(endpoint, projectId, roundIndex)}/references`, undefined, {
    ...options,
    body,
  });

/** Asks an aggregator to relay a signed update to the chain. */
export const postUpdate = (
  endpoint: string,
  { projectId, roundIndex }: { projectId: bigint; roundIndex: number },
  body: SignedUpdateBody,
  options: Options = {},
) =>
  request(`${roundUrl(endpoint, projectId, roundIndex)}/updates`, undefined, { ...options, body });

/** How long handing over a file may take: a large model on a slow line. */
const FILE_TIMEOUT_MS = 300_000;

/** Hands a posted project's file to one of its aggregators, which checks it against the CID that the chain has. @throws CW2770, CW2771 */
export const postProjectFile = (
  endpoint: string,
  { projectId, cid }: { projectId: bigint; cid: string },
  bytes: Uint8Array,
  options: Options = {},
) =>
  request(urlOf(endpoint, `projects/${projectId}/files/${cid}`), undefined, {
    ...options,
    body: bytes,
    timeoutMs: FILE_TIMEOUT_MS,
  });

/** Hands over what the referee measured of a model. @throws CW2770, CW2771 */
export const postEvaluation = (
  endpoint: string,
  projectId: bigint,
  body: EvaluationBody,
  options: Options = {},
) =>
  request(urlOf(endpoint, `projects/${projectId}/evaluations`), undefined, {
    ...options,
    body,
  });

/** What the referee says to have measured of a project's models. Signatures are left to the caller. @throws CW2770, CW2771 */
export const fetchEvaluations = (endpoint: string, projectId: bigint, options: Options = {}) =>
  request(urlOf(endpoint, `projects/${projectId}/evaluations`), evaluationListSchema, options);
