/**
 * The program `commonweight`: one binary, one folder of commands per role.
 *
 * A command is a file `services/<role>/commands/<name>.ts` that exports `register(parent, context)`
 * (see `RegisterCommand`). Command files import the rest of their role inside the action, so that
 * `--help` stays quick.
 */
import { processEnvironment } from "./adapters/config/config.ts";
import { exitCodes } from "./command-line/exit-codes.ts";
import { runCommandLine } from "./command-line/run-command-line.ts";
import { processTerminal } from "./command-line/terminal.ts";

const environment = processEnvironment();
const stop = new AbortController();
/** Whether the command has ended and all that is left is what it did not put away. */
let isOver = false;
/** What a failed command left open may not keep the program: a service that failed while starting has a node and a database open. */
const LINGER_MS = 2000;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second signal is somebody who does not want to wait for the cleaning up; after the end there is none.
    if (stop.signal.aborted || isOver) {
      process.exit(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
    }
    stop.abort(signal);
  });
}

// Whoever read our output is gone, as `head` is when it has its lines: there is nobody to go on for.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (isOver) process.exit();
  stop.abort("SIGPIPE");
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: processTerminal(environment),
  environment,
  signal: stop.signal,
  folder: process.cwd(),
});
isOver = true;
if (process.exitCode !== exitCodes.success) {
  setInterval(() => {
    // A slow reader still gets all of it.
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
  }, LINGER_MS).unref();
}
