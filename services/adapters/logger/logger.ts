import { pino } from "pino";

/** How much is logged; `silent` logs nothing. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** What a service writes its log to: one event a line, values as fields, no string formatting. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

/** Fields that never reach a log, at the top or one level down. */
const SECRET_FIELDS = [
  "password",
  "privateKey",
  "secretKey",
  "mnemonic",
  "contentKey",
  "blinding",
  "salt",
];

function withTextBigints(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "bigint" ? value.toString() : value,
    ]),
  );
}

/**
 * Builds a logger that writes JSON lines to stderr; stdout belongs to a command's result.
 *
 * @param options.write Receives each line instead of stderr (tests).
 */
export function createLogger(options: {
  level: LogLevel;
  name?: string;
  write?: (line: string) => void;
}): Logger {
  const { level, name, write } = options;
  const destination = write === undefined ? pino.destination({ fd: 2, sync: true }) : { write };
  return pino(
    {
      level,
      base: name === undefined ? null : { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withTextBigints },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        censor: "[secret]",
      },
    },
    destination,
  );
}

/** A logger that drops everything. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
