import { z } from "zod";
import { CommonweightError, errorText } from "../protocol/errors.ts";
import type { CommandResult } from "./command-context.ts";

/** What an examination found, as commands print it with `--json`. */
export const examinationSchema = z.strictObject({
  found: z.array(
    z.strictObject({
      part: z.string(),
      /** `unknown` when there was nothing to look at. */
      state: z.enum(["ok", "broken", "unknown"]),
      detail: z.string(),
      /** What to do about it; empty when nothing is wrong. */
      fix: z.string(),
    }),
  ),
});

/** One part that was looked at. */
export type Diagnosis = z.infer<typeof examinationSchema>["found"][number];

const MARKS = { ok: "ok     ", broken: "BROKEN ", unknown: "-      " } as const;

/** Looks at one part after the other and keeps what it finds; a broken part does not end it. */
export class Examination {
  readonly #found: Diagnosis[] = [];
  readonly #options: { signal: AbortSignal; onProgress: (text: string) => void };

  constructor(options: { signal: AbortSignal; onProgress: (text: string) => void }) {
    this.#options = options;
  }

  /**
   * Looks at a part.
   *
   * @param body Resolves with what it saw, or rejects with what is wrong.
   * @param fix For a failure that does not bring a hint of its own.
   */
  async look(
    part: string,
    body: () => Promise<string>,
    fix = "Run the command again with --verbose.",
  ): Promise<void> {
    const { signal, onProgress } = this.#options;
    signal.throwIfAborted();
    onProgress(`looking at ${part}`);
    try {
      this.#found.push({ part, state: "ok", detail: await body(), fix: "" });
    } catch (error) {
      const detail = errorText(error);
      const hint = error instanceof CommonweightError ? error.hint : fix;
      this.#found.push({ part, state: "broken", detail, fix: hint });
    }
  }

  /** Notes a part that there is nothing to say about. */
  skip(part: string, why: string): void {
    this.#found.push({ part, state: "unknown", detail: why, fix: "" });
  }

  /** What was found, as a command's result: negative when something is broken. */
  result(): CommandResult {
    const found = [...this.#found];
    const width = Math.max(13, ...found.map(({ part }) => part.length));
    const text = found
      .flatMap(({ part, state, detail, fix }) => [
        `${MARKS[state]} ${part.padEnd(width)} ${detail}`,
        ...(fix === "" ? [] : [`        fix: ${fix}`]),
      ])
      .join("\n");
    return { data: { found }, text, isNegative: found.some(({ state }) => state === "broken") };
  }
}
