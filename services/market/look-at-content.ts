import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { countProjects, readProject } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { createGatewayStore } from "../adapters/content-store/gateway-store.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { openIpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { findAggregatorNodes } from "../command-line/find-aggregator-nodes.ts";
import { CommonweightError, errorText } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";

/** Something small that must be there: the manifest of the market's newest project. */
export interface ContentSample {
  readonly projectId: bigint;
  readonly cid: string;
  /** Base addresses of the project's aggregators. */
  readonly endpoints: readonly string[];
}

const WAIT_MS = 8000;

/** What to ask for; undefined in a market without projects. */
export async function findContentSample(chain: Chain): Promise<ContentSample | undefined> {
  const projectId = BigInt(await countProjects(chain));
  if (projectId === 0n) return undefined;
  const [{ terms }, { manifestCid }] = await Promise.all([
    readProject(chain, projectId),
    readPosting(chain, projectId),
  ]);
  const participants = await Promise.all(
    terms.aggregators.map((account) => readParticipant(chain, account)),
  );
  const endpoints = participants.map(({ endpoint }) => endpoint).filter((url) => url !== "");
  return { projectId, cid: manifestCid, endpoints };
}

/**
 * Fetches the sample from every gateway by itself: of its aggregators, and of the configuration.
 *
 * @throws CW6050 naming those that do not serve it.
 */
export async function lookAtGateways(
  { projectId, cid, endpoints }: ContentSample,
  options: { readonly gatewayUrls: readonly string[]; readonly signal: AbortSignal },
): Promise<string> {
  const urls = [...new Set([...endpoints, ...options.gatewayUrls])];
  const { signal } = options;
  const answers = await Promise.all(
    urls.map(async (url) => {
      const store = createGatewayStore({ urls: [url] });
      return getManifest(store, cid, { signal, timeoutMs: WAIT_MS, retries: 0 }).then(
        () => undefined,
        (error: unknown) => `${url}: ${errorText(error)}`,
      );
    }),
  );
  const failures = answers.filter((answer) => answer !== undefined);
  if (urls.length === 0 || failures.length > 0) {
    const none = `project ${projectId} has no aggregator with an address, and the configuration no gateway`;
    throw new CommonweightError(marketErrors.contentAway, failures.join("; ") || none);
  }
  return `${urls.join(", ")} ${urls.length === 1 ? "serves" : "serve"} project ${projectId}'s manifest`;
}

/**
 * Fetches the sample as a trainer would: with a node of its own, connected to the aggregators' nodes.
 *
 * @throws CW6050 when no aggregator says where its node is, CW24xx when none can be reached or has the sample.
 */
export async function lookAtIpfs(
  { cid, endpoints }: ContentSample,
  { signal }: { readonly signal: AbortSignal },
): Promise<string> {
  const dial = await findAggregatorNodes(endpoints, { signal });
  if (dial.length === 0) {
    throw new CommonweightError(
      marketErrors.contentAway,
      "no aggregator says where its IPFS node can be dialled",
    );
  }
  const ipfs = await openIpfsNode({ listen: [], dial, signal });
  try {
    await getManifest(ipfs, cid, { signal, timeoutMs: WAIT_MS, retries: 0 });
    return `fetched over libp2p from ${ipfs.connections().join(", ")}`;
  } finally {
    await ipfs.stop();
  }
}
