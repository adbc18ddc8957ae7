import type { Chain } from "../adapters/chain/connect.ts";
import { type Project, readProjects } from "../adapters/chain/projects/project.ts";

const PROJECTS_PER_QUERY = 20;

/** Projects that were found, and how many older ones were not looked at. */
export interface FoundProjects {
  readonly projects: readonly Project[];
  readonly older: number;
}

/**
 * The newest projects that are wanted. Anybody may post as many as it likes, and what each has paid takes several questions to the node:
 * so the search ends when enough are found.
 *
 * @param options.count How many projects the market has; their ids run from 1 to this.
 * @param options.most How many to find at most.
 */
export async function findNewestProjects(
  chain: Chain,
  options: {
    readonly count: number;
    readonly most: number;
    readonly isWanted: (project: Project) => Promise<boolean>;
    readonly onProgress: (text: string) => void;
  },
): Promise<FoundProjects> {
  const { count, most, isWanted, onProgress } = options;
  const projects: Project[] = [];
  let older = count;
  while (older > 0 && projects.length < most) {
    const first = Math.max(1, older - PROJECTS_PER_QUERY + 1);
    onProgress(`reading projects ${first} to ${older} of ${count}`);
    const page = await readProjects(chain, BigInt(first), older - first + 1);
    for (const project of page.reverse()) {
      if (projects.length === most) break;
      older--;
      if (await isWanted(project)) projects.push(project);
    }
  }
  return { projects, older };
}
