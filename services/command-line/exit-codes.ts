/** What a command's exit status says. Stable: scripts rely on it. */
export const exitCodes = {
  /** It did what was asked. */
  success: 0,
  /** A bug of ours: an error without a code. */
  internal: 1,
  /** The command line itself is wrong: unknown command, missing argument. */
  usage: 2,
  /** Something a person can act on: printed with its CW code and the way out. */
  refused: 3,
  /** The command ran, and its answer is "no": an audit that found a difference, a failed check. */
  negative: 4,
  /** Ended by Ctrl+C. */
  interrupted: 130,
  /** Ended because nobody reads its output any more, as SIGPIPE ends other programs. */
  unread: 141,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

/** One of the values of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
