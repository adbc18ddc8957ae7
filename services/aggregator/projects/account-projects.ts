import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { includesAddress, isSameAddress } from "../../protocol/address.ts";
import type { ChainHead } from "../chain-head.ts";
import type { BegunProjects } from "../store/begun-projects.ts";
import { readDueProjects } from "./due-projects.ts";
import type { GuardedSteps } from "./guarded-steps.ts";
import type { ProjectEngine } from "./project-engine.ts";
import { ProjectLooks } from "./project-looks.ts";
import { ProjectTurns } from "./project-turns.ts";
import { refusalToBond } from "./refusal-to-bond.ts";
import { refusalToServe, type ServingRules } from "./served-projects.ts";

/** What finding and stepping an account's projects needs. */
export interface AccountProjectsParts {
  readonly chain: Chain;
  readonly head: ChainHead;
  readonly guarded: GuardedSteps;
  /** For whom this account works. */
  readonly serving: ServingRules;
  readonly newEngine: (projectId: bigint) => ProjectEngine;
  /** Remembers what was begun and is not over for this account: a project may end while it is away, and its last model is kept then. */
  readonly begun: BegunProjects;
  readonly say: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** The market's projects as far as they are known, and an engine for each of those that this account serves. */
export class AccountProjects {
  readonly #parts: AccountProjectsParts;
  readonly #account: string;
  readonly #projects = new Map<bigint, Project>();
  readonly #engines = new Map<bigint, ProjectEngine>();
  /** Why projects that name this account are not served. */
  readonly #refused = new Map<bigint, string>();
  readonly #looks = new ProjectLooks();
  readonly #turns: ProjectTurns;
  #lookCount = 0;

  constructor(parts: AccountProjectsParts) {
    this.#parts = parts;
    this.#account = parts.chain.account as string;
    this.#turns = new ProjectTurns((projectId) => this.#step(projectId));
  }

  /** How often all was looked at without a failure. */
  get lookCount(): number {
    return this.#lookCount;
  }

  list(): Project[] {
    return [...this.#projects.values()];
  }

  /** The newest projects that name this account, newest first. */
  listNewest(most: number): Project[] {
    const ours = this.list().filter((project) => this.#isOurs(project));
    return ours.sort((a, b) => Number(b.projectId - a.projectId)).slice(0, most);
  }

  /** The project as it was last looked at; undefined for one that was never seen. */
  find(projectId: bigint): Project | undefined {
    return this.#projects.get(projectId);
  }

  /** Why a project is not served; undefined for all others, and for one that was not looked at yet. */
  refusalOf(projectId: bigint): string | undefined {
    const project = this.#projects.get(projectId);
    if (project !== undefined && !this.#isOurs(project)) return "its aggregators are others";
    return this.#refused.get(projectId);
  }

  /** The other aggregators of our projects: each keeps what the others publish. */
  colleagues(): string[] {
    const ours = this.list().filter(({ projectId }) => this.#engines.has(projectId));
    const accounts = new Set(ours.flatMap(({ terms }) => terms.aggregators));
    return [...accounts].filter((each) => !isSameAddress(each, this.#account));
  }

  /** Something came in that the project may have waited for. */
  wake(projectId: bigint): void {
    this.#looks.outdate(projectId);
    this.#turns.wake(projectId);
  }

  /** Looks at the market's projects and finds those that name this account. @throws CW2200 when the chain is away */
  async look(): Promise<void> {
    const { chain, head, newEngine, begun } = this.#parts;
    this.#looks.begin();
    const { time } = await head.read(chain);
    const due = readDueProjects(chain, {
      look: this.#lookCount,
      isAtWork: (projectId) => this.#engines.has(projectId),
      isKnown: (projectId) => this.#projects.has(projectId),
    });
    for await (const project of due) {
      const { projectId } = project;
      this.#projects.set(projectId, project);
      this.#looks.add({ project, time });
      if (!this.#isToServe(project)) continue;
      this.#engines.set(projectId, newEngine(projectId));
      begun.set(projectId, true);
    }
    this.#lookCount++;
  }

  /** Begins a step of each project whose last one has ended; the others look at what was found. */
  beginSteps(): void {
    for (const [projectId, engine] of this.#engines) {
      const found = this.#looks.find(projectId);
      if (!this.#turns.begin(projectId) && found !== undefined) engine.watch(found);
    }
  }

  /** Resolves when no step is under way and all that was done is reported. */
  async ended(): Promise<void> {
    await this.#turns.ended();
    for (const engine of this.#engines.values()) await engine.reported();
  }

  #isOurs({ terms }: Project): boolean {
    return includesAddress(terms.aggregators, this.#account);
  }

  #isToServe(project: Project): boolean {
    const { projectId, phase } = project;
    const { serving, say, begun } = this.#parts;
    if (!this.#isOurs(project) || this.#engines.has(projectId)) return false;
    if (phase === "ended" && !begun.has(projectId)) return false;
    const reason = refusalToServe(project, serving) ?? this.#refusalToBond(project);
    if (reason === undefined) return true;
    if (!this.#refused.has(projectId)) say("project-refused", { projectId, reason });
    this.#refused.set(projectId, reason);
    return false;
  }

  /** What is over asks for no bond any more. */
  #refusalToBond(project: Project): string | undefined {
    return project.phase === "ended" ? undefined : refusalToBond(project, this.#account);
  }

  async #step(projectId: bigint): Promise<void> {
    const { guarded, say, signal, begun } = this.#parts;
    const engine = this.#engines.get(projectId);
    if (engine === undefined || signal.aborted) return;
    await guarded.run(projectId, async () => {
      const isAlive = await engine
        .step(this.#looks.find(projectId))
        .finally(() => this.#looks.outdate(projectId));
      if (isAlive) return;
      this.#engines.delete(projectId);
      begun.set(projectId, false);
      say("project-ended", { projectId });
    });
  }
}
