import { AbiCoder, keccak256, ParamType } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { cidFromBytes } from "../cid-bytes.ts";
import type { Chain } from "../connect.ts";
import { chainErrors } from "../errors.ts";
import { trainingMarketAbi } from "../generated/training-market.ts";
import {
  type BlockRange,
  type EventPlace,
  findEvents,
  type ProjectEvent,
} from "../project-events.ts";
import { type ProjectTerms, toTerms } from "./project-terms.ts";

/** How a project began. */
export interface PostedProject extends EventPlace {
  readonly projectId: bigint;
  readonly owner: string;
  readonly terms: ProjectTerms;
  readonly termsHash: string;
  /** Of the terms above: the same unless somebody changed one of them on the way. */
  readonly recomputedTermsHash: string;
  /** The token as the event is indexed by it. */
  readonly rewardToken: string;
  readonly manifestCid: string;
}

/** How a project was posted. @throws CW2206 when there is none. */
export async function readPosting(
  chain: Chain,
  projectId: bigint,
  range: BlockRange = {},
): Promise<PostedProject> {
  const [found] = await findEvents(chain, "ProjectPosted", [projectId], range);
  if (found === undefined) {
    throw new CommonweightError(chainErrors.notFound, `no project ${projectId} was posted`);
  }
  return toPosted(found);
}

/** The projects that were posted from a block on, oldest first. @throws CW2200 when the chain is away */
export async function findPostings(chain: Chain, fromBlock: number): Promise<PostedProject[]> {
  return (await findEvents(chain, "ProjectPosted", [], { fromBlock })).map(toPosted);
}

function toPosted(found: ProjectEvent): PostedProject {
  return {
    ...found.place,
    projectId: BigInt(found.args.projectId),
    owner: found.args.owner,
    terms: toTerms(found.args.terms),
    termsHash: found.args.termsHash,
    recomputedTermsHash: hashOfTerms(found.args.terms),
    rewardToken: found.args.rewardToken,
    manifestCid: cidFromBytes(found.args.manifestCid),
  };
}

/** Of the terms as the contract encodes them; what it could not have encoded has none. */
function hashOfTerms(terms: unknown): string {
  const posted = trainingMarketAbi.find(
    (each) => each.type === "event" && each.name === "ProjectPosted",
  );
  const type = posted?.inputs.find(({ name }) => name === "terms");
  try {
    return keccak256(AbiCoder.defaultAbiCoder().encode([ParamType.from(type, true)], [terms]));
  } catch {
    return "";
  }
}
