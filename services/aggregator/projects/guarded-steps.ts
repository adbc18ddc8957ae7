import { isChainUnreachable } from "../../adapters/chain/errors.ts";
import { pause } from "../../protocol/pause.ts";
import type { Alerts } from "../alerts.ts";
import { failureWords } from "../failure-words.ts";
import type { ServiceEvent } from "../service-event.ts";

/** How long a project rests after its node did not answer. */
const REST_MS = 2000;

/** Runs steps that may fail: each failure is said once, and remembered until the same work goes well. */
export class GuardedSteps {
  readonly #alerts: Alerts;
  readonly #onEvent: (event: ServiceEvent) => void;
  readonly #signal: AbortSignal;
  /** By project; `undefined` stands for the search for projects. */
  readonly #failures = new Map<bigint | undefined, string>();
  #lastError: string | undefined;

  constructor(parts: {
    readonly alerts: Alerts;
    readonly onEvent: (event: ServiceEvent) => void;
    readonly signal: AbortSignal;
  }) {
    this.#alerts = parts.alerts;
    this.#onEvent = parts.onEvent;
    this.#signal = parts.signal;
  }

  /** What keeps this service from being ready; undefined when all went well. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Never rejects. @returns Whether the work went well. */
  async run(projectId: bigint | undefined, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#failures.delete(projectId);
      if (this.#failures.size === 0) this.#alerts.set("chain", "", undefined);
      this.#lastError = [...this.#failures.values()][0];
      return true;
    } catch (error) {
      if (!this.#signal.aborted) await this.#fail(projectId, error);
      return false;
    }
  }

  async #fail(projectId: bigint | undefined, error: unknown): Promise<void> {
    const { code, message } = failureWords(error);
    // The same failure again is no news, and a chain that is away is waited for.
    if (message !== this.#failures.get(projectId)) {
      const event = { type: "failed", at: Math.floor(Date.now() / 1000), code, message };
      this.#onEvent(projectId === undefined ? event : { ...event, projectId });
    }
    this.#failures.set(projectId, message);
    this.#lastError = message;
    if (!isChainUnreachable(error)) return;
    this.#alerts.set("chain", "", message);
    await pause(REST_MS, this.#signal);
  }
}
