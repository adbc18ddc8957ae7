import { spawn } from "node:child_process";
import { constants } from "node:os";

const FORWARDED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program with our terminal, hands signals on to it and resolves with its exit code
 * (128 + signal number when a signal ended it, as shells do).
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runForeground(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    // In a terminal Ctrl+C reaches the whole process group; the launcher only has to outlive
    // the child, so that the shell's prompt comes back after the child has cleaned up.
    const isTerminal = process.stdin.isTTY === true;
    const handlers = FORWARDED_SIGNALS.map((signal) => {
      const handler = () => {
        if (!(isTerminal && signal === "SIGINT")) child.kill(signal);
      };
      process.on(signal, handler);
      return [signal, handler];
    });
    const release = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      release();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * Runs a program whose errors we want to read: stdout is passed on to stderr (so that `--json`
 * output of what follows stays clean), stderr is passed on and collected.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, shell?: boolean }} options
 * @returns {Promise<{ exitCode: number, errors: string }>}
 */
export function runCollectingErrors(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stdout.pipe(process.stderr, { end: false });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
      process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, errors }));
  });
}
