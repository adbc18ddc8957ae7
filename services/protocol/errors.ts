/** A kind of failure: its stable code, a title in a few words, and the way out for the person who meets it. */
export interface ErrorDefinition {
  /** Stable, documented in `docs/errors.md`, never reused. */
  readonly code: `CW${number}`;
  /** What went wrong, without the values of the case at hand. */
  readonly title: string;
  /** What the reader can do about it. */
  readonly hint: string;
}

/**
 * Declares the errors of one module and checks at load time that their codes lie in the module's range.
 *
 * @param range First and last code number of the module, inclusive.
 * @throws RangeError when a code lies outside the range or appears twice: a bug of ours, found at start-up.
 */
export function defineErrors<const T extends Record<string, ErrorDefinition>>(
  range: readonly [first: number, last: number],
  definitions: T,
): T {
  const seen = new Set<string>();
  for (const { code } of Object.values(definitions)) {
    const number = Number(code.slice(2));
    if (!Number.isInteger(number) || number < range[0] || number > range[1]) {
      throw new RangeError(`error code ${code} is outside ${range[0]}..${range[1]}`);
    }
    if (seen.has(code)) throw new RangeError(`error code ${code} is defined twice`);
    seen.add(code);
  }
  return definitions;
}

/** The one error class of the project: a definition, a message with the values of this case, and its cause. */
export class CommonweightError extends Error {
  readonly code: string;
  /** What went wrong, in the definition's words. */
  readonly title: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    definition: ErrorDefinition,
    message?: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message ?? definition.title, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "CommonweightError";
    this.code = definition.code;
    this.title = definition.title;
    this.hint = definition.hint;
    this.details = options.details ?? {};
  }
}

/** What was thrown, in its own words: anything can be thrown. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** True when `error` is ours and of the given kind. */
export function isErrorOf(error: unknown, definition: ErrorDefinition): error is CommonweightError {
  return error instanceof CommonweightError && error.code === definition.code;
}
