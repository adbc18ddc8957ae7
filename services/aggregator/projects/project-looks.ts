import type { Project } from "../../adapters/chain/projects/project.ts";

/** A project as a look at the chain found it. */
export interface ProjectLook {
  readonly project: Project;
  /** Seconds of the chain's clock. */
  readonly time: number;
}

/**
 * What the last look at all projects found, which is one request instead of many. A look takes a while: what happens to a project
 * meanwhile makes its part of it worthless.
 */
export class ProjectLooks {
  readonly #looks = new Map<bigint, ProjectLook>();
  readonly #outdated = new Set<bigint>();

  /** A new look at all projects begins now. */
  begin(): void {
    this.#looks.clear();
    this.#outdated.clear();
  }

  /** Notes what the look found. */
  add(look: ProjectLook): void {
    const { projectId } = look.project;
    if (!this.#outdated.has(projectId)) this.#looks.set(projectId, look);
  }

  /** Something happened to the project: what was read before is of the past. */
  outdate(projectId: bigint): void {
    this.#outdated.add(projectId);
    this.#looks.delete(projectId);
  }

  /** What is known of a project; undefined when it has to be looked at alone. */
  find(projectId: bigint): ProjectLook | undefined {
    return this.#looks.get(projectId);
  }
}
