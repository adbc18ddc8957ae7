/** Steps of many projects side by side: of one project one at a time, and none waits for another's proof. */
export class ProjectTurns {
  readonly #step: (projectId: bigint) => Promise<void>;
  readonly #underWay = new Map<bigint, Promise<void>>();
  readonly #wanted = new Set<bigint>();

  /** @param step Does one step of a project; never rejects. */
  constructor(step: (projectId: bigint) => Promise<void>) {
    this.#step = step;
  }

  /** Begins a step. @returns False when the project's last one is still under way. */
  begin(projectId: bigint): boolean {
    if (this.#underWay.has(projectId)) return false;
    const step = this.#step(projectId).finally(() => {
      this.#underWay.delete(projectId);
      if (this.#wanted.delete(projectId)) this.begin(projectId);
    });
    this.#underWay.set(projectId, step);
    return true;
  }

  /** Begins a step because something came in; what came too late for the step under way gets one right after it. */
  wake(projectId: bigint): void {
    if (!this.begin(projectId)) this.#wanted.add(projectId);
  }

  /** Resolves when no step is under way any more. */
  async ended(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }
}
