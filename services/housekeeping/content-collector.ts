import { type ContentStore, contentStoreErrors } from "../protocol/content-store.ts";
import { type CommonweightError, isErrorOf } from "../protocol/errors.ts";
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
  /** The name under which what a project needs is pinned here. */
  readonly holderOf: (projectId: bigint) => string;
  /** All that the projects name now. Rejects when any of it cannot be read: then nothing is removed. */
  readonly readProjects: () => Promise<readonly ProjectContent[]>;
  readonly rules: KeepingRules;
  /** Unix seconds of the chain's clock: what it says of ends is of that clock. */
  readonly now: () => Promise<number>;
  /** Told of what a project no longer has here, so that it need not be remembered. */
  readonly onReleased?:
    | ((projectId: bigint, released: { beforeRound: number; isOver: boolean }) => void)
    | undefined;
  readonly say: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** How long content that is kept and not whole is looked for before it is given up. */
const LOOK_MS = 15_000;
/** How long one file's blocks are visited here: as many as a publisher has cut it into. */
const VISIT_MS = 600_000;

/**
 * Removes content that no project needs any more. It lets go only of what it knows to be such, and only of pins that were made for that
 * very project: pins of anybody else stay, also on the same content, and so does what the chain has not named yet. A crash at any point
 * leaves what is kept whole, and the rest for the next time.
 */
export class ContentCollector {
  readonly #parts: ContentCollectorParts;

  constructor(parts: ContentCollectorParts) {
    this.#parts = parts;
  }

  /** Collects once. @throws What reading the projects throws; CW2400 for somebody else's pin that is not whole */
  async collect(): Promise<void> {
    const { contentStore, readProjects, rules, now, onReleased, say } = this.#parts;
    const startedMs = performance.now();
    const projects = await readProjects();
    const time = await now();
    const pins = new Set((await contentStore.pins()).map(({ cid, holder }) => `${holder} ${cid}`));
    /** Who holds what is kept. */
    const holders = new Map<string, string[]>();
    let released = 0;
    for (const project of projects) {
      const holder = this.#parts.holderOf(project.projectId);
      const sorted = sortContent(project, rules, time);
      for (const cid of sorted.kept) {
        if (!pins.has(`${holder} ${cid}`)) await this.#hold(cid, holder);
        holders.set(cid, [...(holders.get(cid) ?? []), holder]);
      }
      for (const cid of sorted.released) {
        if (!pins.has(`${holder} ${cid}`)) continue;
        await contentStore.unpin(cid, { holder });
        released++;
      }
    }
    const { blocks, bytes } = await this.#sweep(holders);
    for (const project of projects) {
      onReleased?.(project.projectId, {
        beforeRound: firstKeptRound(project, rules, time),
        isOver: isOver(project, rules, time),
      });
    }
    const seconds = (performance.now() - startedMs) / 1000;
    say("content-collected", { ...{ blocks, bytes, released, kept: holders.size }, seconds });
  }

  /** What lies here without a pin was fetched in a hurry. */
  async #hold(cid: string, holder: string): Promise<void> {
    const { contentStore, signal } = this.#parts;
    signal.throwIfAborted();
    // What anybody wrote on the chain as a CID may be none.
    const visiting = { signal, timeoutMs: VISIT_MS };
    const isHere = await contentStore.has(cid, visiting).catch(() => false);
    if (!isHere) return;
    await contentStore.pin(cid, { ...visiting, retries: 0, holder });
  }

  /** A pin that is not whole would keep everything from being collected for ever. */
  async #sweep(
    holders: ReadonlyMap<string, readonly string[]>,
  ): ReturnType<ContentStore["collectGarbage"]> {
    const { contentStore, say, signal } = this.#parts;
    const healed = new Set<string>();
    for (;;) {
      try {
        return await contentStore.collectGarbage({ signal });
      } catch (error) {
        const cid = brokenPin(error);
        const own = cid === undefined ? undefined : holders.get(cid);
        // Once each: a disk that loses what it has just written is nothing to go on with.
        if (cid === undefined || own === undefined || healed.has(cid)) throw error;
        healed.add(cid);
        const isHealed = await contentStore
          .pin(cid, { signal, timeoutMs: LOOK_MS, retries: 0, holder: own[0] })
          .then(
            () => true,
            () => false,
          );
        signal.throwIfAborted();
        if (isHealed) continue;
        for (const holder of own) await contentStore.unpin(cid, { holder });
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
