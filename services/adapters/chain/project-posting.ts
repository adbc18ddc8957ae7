import { CommonweightError } from "../../protocol/errors.ts";
import { cidFromBytes } from "./cid-bytes.ts";
import type { Chain } from "./connect.ts";
import { chainErrors } from "./errors.ts";
import { type EventPlace, findEvents } from "./project-events.ts";
import { type ProjectTerms, toTerms } from "./project-terms.ts";

/** How a project began. */
export interface PostedProject extends EventPlace {
  readonly projectId: bigint;
  readonly owner: string;
  readonly terms: ProjectTerms;
  readonly termsHash: string;
  readonly manifestCid: string;
}

/** How a project was posted. @throws CW2206 when there is none. */
export async function readPosting(chain: Chain, projectId: bigint): Promise<PostedProject> {
  const [found] = await findEvents(chain, "ProjectPosted", [projectId]);
  if (found === undefined) {
    throw new CommonweightError(chainErrors.notFound, `no project ${projectId} was posted`);
  }
  return {
    ...found.place,
    projectId,
    owner: found.args.owner,
    terms: toTerms(found.args.terms),
    termsHash: found.args.termsHash,
    manifestCid: cidFromBytes(found.args.manifestCid),
  };
}
