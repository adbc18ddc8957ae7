import type { Chain } from "../../adapters/chain/connect.ts";
import {
  countProjects,
  type Project,
  readProjects,
} from "../../adapters/chain/projects/project.ts";

/** Projects that one request asks for. */
const PAGE = 50;
/** Every so many looks, pages on which nothing is to do are read too. */
const FULL_LOOK_EVERY = 20;

/**
 * The projects that are worth a look now, a page at a time: pages with a project at work or one never seen, and now and then all of
 * them. In a market of thousands most projects are over, or somebody else's.
 *
 * @param options.look Number of this look, from 0: the first one reads all.
 * @param options.isAtWork Whether a project must be read at every look.
 * @param options.isKnown Whether a project was read before.
 * @throws CW2200 when the chain is away.
 */
export async function* readDueProjects(
  chain: Chain,
  options: {
    readonly look: number;
    readonly isAtWork: (projectId: bigint) => boolean;
    readonly isKnown: (projectId: bigint) => boolean;
  },
): AsyncGenerator<Project> {
  const { look, isAtWork, isKnown } = options;
  const count = await countProjects(chain);
  for (let first = 1; first <= count; first += PAGE) {
    const length = Math.min(PAGE, count - first + 1);
    const ids = Array.from({ length }, (_, index) => BigInt(first + index));
    const isDue = ids.some((each) => isAtWork(each) || !isKnown(each));
    if (isDue || look % FULL_LOOK_EVERY === 0) {
      yield* await readProjects(chain, BigInt(first), PAGE);
    }
  }
}
