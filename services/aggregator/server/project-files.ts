import type { Express, NextFunction, Request, Response } from "express";
import { rateLimit } from "express-rate-limit";
import type { Chain } from "../../adapters/chain/connect.ts";
import { readProject } from "../../adapters/chain/projects/project.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { readModels } from "../../adapters/chain/rounds/published-models.ts";
import { contentIdOf } from "../../adapters/content-store/content-id-of.ts";
import { projectHolder } from "../../housekeeping/project-holder.ts";
import { includesAddress } from "../../protocol/address.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { MAX_MANIFEST_BYTES } from "../../protocol/manifest/manifest.ts";
import { maxModelFileBytes } from "../../protocol/model/load-model.ts";
import { aggregatorErrors } from "../errors.ts";
import { refusalToServe, type ServingRules } from "../projects/served-projects.ts";
import { refuseTooMany } from "./answer-error.ts";

/** A file that a posted project lacks here. */
interface WantedFile {
  readonly projectId: bigint;
  readonly cid: string;
  readonly codec: "file" | "dag-json";
  readonly maxBytes: number;
}

/** Takes in the two files of a posted project, from owners who run no IPFS node: the page in a browser. */
export interface ProjectFiles {
  /** Whether this file is wanted, and what it may weigh. @throws CW5006 when no project of ours names it. */
  want(projectId: bigint, cid: string): Promise<WantedFile & { readonly isHere: boolean }>;
  /** Keeps the bytes when they are what the CID stands for. @throws CW5005 when they are not. */
  take(file: WantedFile, bytes: Uint8Array): Promise<void>;
}

/**
 * The chain is the permission: only bytes are taken whose CID a posted project names, of which this account is an aggregator and whose
 * budget lies in escrow. So nobody can fill this disk with anything but what an aggregator has to keep anyway.
 */
export function createProjectFiles(options: {
  chain: Chain;
  account: string;
  contentStore: Pick<ContentStore, "has" | "put">;
  /** For whom the account works: of others nothing is kept. */
  serving?: ServingRules | undefined;
}): ProjectFiles {
  const { chain, account, contentStore, serving = {} } = options;
  const filesOf = rememberFiles(async (projectId) => {
    const [{ manifestCid }, [initial]] = await Promise.all([
      readPosting(chain, projectId),
      readModels(chain, projectId),
    ]);
    return { manifestCid, modelCid: initial?.cid };
  });
  return {
    async want(projectId, cid) {
      const project = await readProject(chain, projectId);
      const { terms } = project;
      const isOurs = includesAddress(terms.aggregators, account);
      if (!isOurs) throw unwanted(projectId, cid);
      const refusal = refusalToServe(project, serving);
      if (refusal !== undefined) throw new CommonweightError(aggregatorErrors.notServed, refusal);
      const { manifestCid, modelCid } = await filesOf(projectId);
      const isHere = () => contentStore.has(cid);
      if (cid === manifestCid) {
        const maxBytes = MAX_MANIFEST_BYTES;
        return { projectId, cid, codec: "dag-json", maxBytes, isHere: await isHere() };
      }
      if (cid !== modelCid) throw unwanted(projectId, cid);
      const maxBytes = maxModelFileBytes(terms.parameterCount);
      return { projectId, cid, codec: "file", maxBytes, isHere: await isHere() };
    },
    async take({ projectId, cid, codec }, bytes) {
      // In memory first: bytes that are something else must not reach the disk.
      const found = await contentIdOf(bytes, { codec });
      if (found !== cid) {
        throw new CommonweightError(
          aggregatorErrors.badRequest,
          `these ${bytes.length} bytes are ${found}, not ${cid}`,
        );
      }
      const holder = projectHolder(chain, "aggregator", projectId);
      await contentStore.put(bytes, { codec, holder });
    },
  };
}

/** The files that a posted project names. */
interface NamedFiles {
  readonly manifestCid: string;
  readonly modelCid: string | undefined;
}

/** How long they are taken for what the chain says: only a reorganisation changes them. */
const REMEMBERED_MS = 600_000;

/** To find them takes two searches through the chain's whole log, which anybody could ask for thirty times a minute. */
function rememberFiles(
  search: (projectId: bigint) => Promise<NamedFiles>,
): (projectId: bigint) => Promise<NamedFiles> {
  const known = new Map<
    bigint,
    { readonly files: Promise<NamedFiles>; readonly untilMs: number }
  >();
  return (projectId) => {
    const found = known.get(projectId);
    if (found !== undefined && performance.now() < found.untilMs) return found.files;
    const files = search(projectId);
    known.set(projectId, { files, untilMs: performance.now() + REMEMBERED_MS });
    // Not of a node that failed, or is behind with its log.
    files
      .then(({ modelCid }) => modelCid ?? known.delete(projectId))
      .catch(() => known.delete(projectId));
    return files;
  };
}

const unwanted = (projectId: bigint, cid: string) =>
  new CommonweightError(
    aggregatorErrors.unknownRecord,
    `project ${projectId} names no file ${cid}, or this service is not its aggregator`,
  );

/**
 * Uploads that are read at a time, each of which may take as long as a request may; and how large all of them may be together, unless
 * there is only one, for each is in memory a few times until it is on the disk.
 */
const MAX_UPLOADS = { ofAddress: 2, ofAll: 8, bytes: 2 ** 28 } as const;

/** Counts what is under way; whoever is slow is in nobody's way but its own. */
export function uploadPlaces() {
  const open: { readonly address: string; readonly maxBytes: number }[] = [];
  const isFull = (address: string, maxBytes: number) => {
    const own = open.filter((each) => each.address === address).length;
    const bytes = open.reduce((sum, each) => sum + each.maxBytes, maxBytes);
    const isTooMuch = open.length > 0 && bytes > MAX_UPLOADS.bytes;
    return own >= MAX_UPLOADS.ofAddress || open.length >= MAX_UPLOADS.ofAll || isTooMuch;
  };
  return {
    /** @throws CW5013 when there is no place. */
    async hold<T>(address: string, maxBytes: number, work: () => Promise<T>): Promise<T> {
      if (isFull(address, maxBytes)) {
        throw new CommonweightError(
          aggregatorErrors.tooManyRequests,
          "too many files are uploaded now",
        );
      }
      const place = { address, maxBytes };
      open.push(place);
      try {
        return await work();
      } finally {
        open.splice(open.indexOf(place), 1);
      }
    },
  };
}

/** Adds `POST /v1/projects/:projectId/files/:cid`, with the file itself as the body. */
export function addProjectFileRoute(app: Express, files: ProjectFiles): void {
  const limiter = rateLimit({
    ...{ windowMs: 60_000, limit: 30 },
    ...{ standardHeaders: true, legacyHeaders: false, handler: refuseTooMany },
  });
  const places = uploadPlaces();
  app.post(
    "/v1/projects/:projectId/files/:cid",
    limiter,
    async (request: Request, response: Response, next: NextFunction) => {
      try {
        const { projectId = "", cid = "" } = request.params as Record<string, string>;
        if (!/^(0|[1-9][0-9]{0,18})$/.test(projectId)) {
          throw new CommonweightError(aggregatorErrors.badRequest, "project is not a number");
        }
        const file = await files.want(BigInt(projectId), cid);
        if (!file.isHere) {
          await places.hold(request.socket.remoteAddress ?? "", file.maxBytes, async () =>
            files.take(file, await readBody(request, file.maxBytes)),
          );
        }
        response.json({ cid, isHere: true });
      } catch (error) {
        // What was not read would otherwise be taken for the next request of the connection.
        if (!request.complete) response.setHeader("connection", "close");
        next(error);
      }
    },
  );
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const tooLarge = () => Object.assign(new RangeError(), { type: "entity.too.large" });
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}
