import { type ContentStore, contentStoreErrors } from "../../protocol/content-store.ts";
import { type CommonweightError, isErrorOf } from "../../protocol/errors.ts";
import {
  firstKeptRound,
  isOver,
  type KeepingRules,
  type ProjectContent,
  sortContent,
} from "./sort-content.ts";

/** What collecting needs. */
export interface ContentCollectorParts {
  readonly contentStore: Pick<ContentStore, "pins" | "pin" | "unpin" | "has" | "collectGarbage">;
  /** All that this account's projects name now. Rejects when any of it cannot be read: then nothing is removed. */
  readonly readProjects: () => Promise<readonly ProjectContent[]>;
  readonly rules: KeepingRules;
  /** Unix seconds of the chain's clock: what it says of ends is of that clock. */
  readonly now: () => Promise<number>;
  /** Told of what a project no longer has here, so that it need not be remembered. */
  readonly onReleased: (
    projectId: bigint,
    released: { beforeRound: number; isOver: boolean },
  ) => void;
  readonly say: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** How long content that is kept and not whole is looked for before it is given up. */
const LOOK_MS = 15_000;

/**
 * Removes content that no project of this account needs any more. It lets go only of what it knows to be such: pins of anybody else stay,
 * and so does what the chain has not named yet. A crash at any point leaves what is kept whole, and the rest for the next time.
 */
export class ContentCollector {
  readonly #parts: ContentCollectorParts;

  constructor(parts: ContentCollectorParts) {
    this.#parts = parts;
  }

  /** Collects once. @throws What reading the projects throws; CW2400 for somebody else's pin that is not whole */
  async collect(): Promise<void> {
    const { contentStore, readProjects, rules, now, onReleased, say, signal } = this.#parts;
    const startedMs = performance.now();
    const projects = await readProjects();
    const time = await now();
    const { kept, released } = sortContent(projects, rules, time);
    const pins = new Set(await contentStore.pins());
    for (const cid of kept) {
      signal.throwIfAborted();
      // What lies here without a pin was fetched in a hurry, or by an earlier version.
      if (!pins.has(cid) && (await this.#isHere(cid))) {
        await contentStore.pin(cid, { signal, timeoutMs: LOOK_MS, retries: 0 });
      }
    }
    const gone = [...released].filter((cid) => pins.has(cid));
    for (const cid of gone) await contentStore.unpin(cid);
    const { blocks, bytes } = await this.#sweep(kept);
    for (const project of projects) {
      onReleased(project.projectId, {
        beforeRound: firstKeptRound(project, rules, time),
        isOver: isOver(project, rules, time),
      });
    }
    say("content-collected", {
      ...{ blocks, bytes, released: gone.length, kept: kept.size },
      seconds: (performance.now() - startedMs) / 1000,
    });
  }

  /** What anybody wrote on the chain as a CID may be none. */
  async #isHere(cid: string): Promise<boolean> {
    return this.#parts.contentStore.has(cid, { signal: this.#parts.signal }).catch(() => false);
  }

  /** A pin that is not whole would keep everything from being collected for ever. */
  async #sweep(kept: ReadonlySet<string>): ReturnType<ContentStore["collectGarbage"]> {
    const { contentStore, say, signal } = this.#parts;
    const healed = new Set<string>();
    for (;;) {
      try {
        return await contentStore.collectGarbage({ signal });
      } catch (error) {
        const cid = brokenPin(error);
        // Once each: a disk that loses what it has just written is nothing to go on with.
        if (cid === undefined || !kept.has(cid) || healed.has(cid)) throw error;
        healed.add(cid);
        const isHealed = await contentStore
          .pin(cid, { signal, timeoutMs: LOOK_MS, retries: 0 })
          .then(
            () => true,
            () => false,
          );
        signal.throwIfAborted();
        if (isHealed) continue;
        await contentStore.unpin(cid);
        say("content-lost", { cid });
      }
    }
  }
}

function brokenPin(error: unknown): string | undefined {
  if (!isErrorOf(error, contentStoreErrors.notFound)) return undefined;
  const { cid } = (error as CommonweightError).details ?? {};
  return typeof cid === "string" ? cid : undefined;
}
