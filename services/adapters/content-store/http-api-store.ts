import { CID } from "multiformats/cid";
import { type ContentStore, contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { createBlockContentStore } from "./block-content-store.ts";
import { BLOCK_CODECS } from "./content-id.ts";
import { readBounded } from "./read-bounded.ts";

/** Where an IPFS node's RPC API is. */
export interface HttpApiStoreOptions {
  /** Base address, as in `http://127.0.0.1:5001`. */
  readonly url: string;
  /** Sent as the `Authorization` header, for a node or pinning service behind one. */
  readonly authorization?: string;
}

const MAX_BLOCK_BYTES = 2 ** 22;
const CODEC_NAMES = new Map<number, string>([
  [BLOCK_CODECS.raw, "raw"],
  [BLOCK_CODECS.dagPb, "dag-pb"],
  [BLOCK_CODECS.dagJson, "dag-json"],
]);

/**
 * A {@link ContentStore} on an IPFS node of another make (Kubo, or a service that speaks its `/api/v0`), by HTTP.
 *
 * The node is not trusted: content is cut into blocks here, and every block that it returns is checked against its CID here. Pins and
 * garbage are the node's own, so `pins` also lists what others pinned there, and `collectGarbage` collects for all of them. It does not
 * remember who asked for a pin: what any holder pinned here is nobody's in particular, and `unpin` of a holder's leaves it.
 *
 * @example
 * const store = createHttpApiStore({ url: "http://127.0.0.1:5001" });
 * await store.get(await store.put(bytes)); // bytes
 */
export function createHttpApiStore(options: HttpApiStoreOptions): ContentStore {
  const call = (command: string, parameters: Record<string, string>, rest: CallRest = {}) =>
    callApi(options, { command, parameters, ...rest });
  const loadBlock = (cid: CID, offline: boolean, signal?: AbortSignal) =>
    call(
      "block/get",
      { arg: cid.toString(), offline: String(offline) },
      { signal, maxBytes: MAX_BLOCK_BYTES },
    );

  const store = createBlockContentStore({
    load: (cid, signal) => loadBlock(cid, false, signal),
    loadHere: (cid, signal) => loadBlock(cid, true, signal),
    put: async (cid, block, signal) => {
      const codec = CODEC_NAMES.get(cid.code) as string;
      const answer = await call(
        "block/put",
        { "cid-codec": codec, mhtype: "sha2-256", pin: "false" },
        { signal, body: block },
      );
      const { Key: stored } = readJson<{ Key: string }>(answer);
      if (!CID.parse(stored).equals(cid)) {
        throw new CommonweightError(
          contentStoreErrors.storeFailed,
          `${options.url} stored ${stored} instead of ${cid}`,
        );
      }
    },
    deleteBlock: async (cid) =>
      void (await call("block/rm", { arg: cid.toString(), force: "true" })),
    blocks: async () =>
      readLines<{ Ref: string }>(await call("refs/local", {})).map(({ Ref }) => CID.parse(Ref)),
    addPin: async ({ cid }) => void (await call("pin/add", { arg: cid })),
    removePin: async ({ cid, holder }) => {
      if (holder !== "") return;
      if ((await listPins(call)).includes(cid)) await call("pin/rm", { arg: cid });
    },
    pins: async () => (await listPins(call)).map((cid) => ({ cid, holder: "" })),
    stop: async () => {},
  });
  return {
    ...store,
    // The node's own collection: ours would not know what holds the blocks of its other users.
    collectGarbage: async () => {
      const removed = readLines<{ Key?: unknown }>(await call("repo/gc", {}));
      return { blocks: removed.filter(({ Key }) => Key !== undefined).length, bytes: undefined };
    },
  };
}

interface CallRest {
  readonly signal?: AbortSignal | undefined;
  readonly body?: Uint8Array;
  readonly maxBytes?: number;
}

type Call = (
  command: string,
  parameters: Record<string, string>,
  rest?: CallRest,
) => Promise<Uint8Array>;

async function listPins(call: Call): Promise<string[]> {
  const { Keys = {} } = readJson<{ Keys?: Record<string, unknown> }>(
    await call("pin/ls", { type: "recursive" }),
  );
  return Object.keys(Keys);
}

async function callApi(
  { url, authorization }: HttpApiStoreOptions,
  {
    command,
    parameters,
    signal,
    body,
    maxBytes = 2 ** 26,
  }: CallRest & { command: string; parameters: Record<string, string> },
): Promise<Uint8Array> {
  const target = `${url.replace(/\/$/, "")}/api/v0/${command}?${new URLSearchParams(parameters)}`;
  // Drawn anew, so that content cannot have been made to contain it.
  const boundary = `cw-${crypto.randomUUID()}`;
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const response = await fetch(target, {
      method: "POST",
      body: body === undefined ? null : (multipart(body, boundary) as BodyInit),
      signal: controller.signal,
      headers: {
        ...(body === undefined
          ? {}
          : { "content-type": `multipart/form-data; boundary=${boundary}` }),
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
    const answer = await readBounded(
      response,
      maxBytes,
      () =>
        new CommonweightError(
          contentStoreErrors.tooLarge,
          `an answer of more than ${maxBytes} bytes`,
        ),
    );
    if (response.ok) return answer;
    const message = new TextDecoder().decode(answer.subarray(0, 300));
    throw new CommonweightError(
      contentStoreErrors.notFound,
      `${url} ${command}: ${response.status} ${message}`,
      { details: { url, status: response.status } },
    );
  } catch (cause) {
    // Ends the connection too when the answer was too long: reading on would only fill the memory of the socket.
    controller.abort();
    signal?.throwIfAborted();
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(contentStoreErrors.unreachable, `no IPFS API answers at ${url}`, {
      cause,
      details: { url },
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * One file as a multipart body. Not `FormData`: Node's fetch turns that into a stream, and when nobody answers at the address, the
 * stream fails a second time where no caller can catch it, which ends the process.
 */
function multipart(file: Uint8Array, boundary: string): Uint8Array {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="data"; filename="data"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  return new Uint8Array(
    Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  );
}

function readJson<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    throw new CommonweightError(
      contentStoreErrors.unreachable,
      "the IPFS API's answer is not JSON",
      { cause },
    );
  }
}

function readLines<T>(bytes: Uint8Array): T[] {
  const lines = new TextDecoder().decode(bytes).split("\n").filter(Boolean);
  return lines.map((line) => readJson<T>(new TextEncoder().encode(line)));
}
