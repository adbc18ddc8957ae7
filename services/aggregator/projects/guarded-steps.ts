import { isChainUnreachable } from "../../adapters/chain/errors.ts";
import { pause } from "../../protocol/pause.ts";
import type { Alerts } from "../alerts.ts";
import { failureWords } from "../failure-words.ts";
import type { ServiceEvent } from "../service-event.ts";

/** How long a project rests after its node did not answer. */
const REST_MS = 2000;

/** Why the same work did not go well the last time. */
interface Failure {
  readonly message: string;
  readonly isChainAway: boolean;
}

/** A project whose last step failed. */
export interface FailingProject {
  readonly projectId: bigint;
  readonly message: string;
}

/** Runs steps that may fail: each failure is said once, and remembered until the same work goes well. */
export class GuardedSteps {
  readonly #alerts: Alerts;
  readonly #onEvent: (event: ServiceEvent) => void;
  readonly #signal: AbortSignal;
  /** By project; `undefined` stands for the search for projects. */
  readonly #failures = new Map<bigint | undefined, Failure>();

  constructor(parts: {
    readonly alerts: Alerts;
    readonly onEvent: (event: ServiceEvent) => void;
    readonly signal: AbortSignal;
  }) {
    this.#alerts = parts.alerts;
    this.#onEvent = parts.onEvent;
    this.#signal = parts.signal;
  }

  /**
   * What keeps this service from working for anybody; undefined when nothing does. Not a project's failures: anybody may post a project
   * whose steps fail, for as long as its windows are.
   */
  get serviceError(): string | undefined {
    return this.#failures.get(undefined)?.message;
  }

  /** The projects whose last step failed, newest first. */
  get failingProjects(): readonly FailingProject[] {
    return [...this.#failures]
      .flatMap(([projectId, { message }]) =>
        projectId === undefined ? [] : [{ projectId, message }],
      )
      .sort((one, other) => Number(other.projectId - one.projectId));
  }

  /** Never rejects. @returns Whether the work went well. */
  async run(projectId: bigint | undefined, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#failures.delete(projectId);
      const failures = [...this.#failures.values()];
      if (!failures.some(({ isChainAway }) => isChainAway)) {
        this.#alerts.set("chain", "", undefined);
      }
      return true;
    } catch (error) {
      if (!this.#signal.aborted) await this.#fail(projectId, error);
      return false;
    }
  }

  async #fail(projectId: bigint | undefined, error: unknown): Promise<void> {
    const { code, message } = failureWords(error);
    // The same failure again is no news, and a chain that is away is waited for.
    if (message !== this.#failures.get(projectId)?.message) {
      const event = { type: "failed", at: Math.floor(Date.now() / 1000), code, message };
      this.#onEvent(projectId === undefined ? event : { ...event, projectId });
    }
    const isChainAway = isChainUnreachable(error);
    this.#failures.set(projectId, { message, isChainAway });
    if (!isChainAway) return;
    this.#alerts.set("chain", "", message);
    await pause(REST_MS, this.#signal);
  }
}
