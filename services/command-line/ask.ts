import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import type { Invocation } from "./command-context.ts";

export const askErrors = defineErrors([6500, 6509], {
  notInteractive: {
    code: "CW6500",
    title: "Nobody is there to answer a question",
    hint: "Run the command in a terminal, or give the answer beforehand: the option that the message names, --yes for a confirmation and for every suggested answer, COMMONWEIGHT_PASSWORD for a password.",
  },
  declined: {
    code: "CW6501",
    title: "Nothing was sent",
    hint: "The question was answered with no; run the command again to do it.",
  },
  noAnswer: {
    code: "CW6502",
    title: "An option does not answer its question",
    hint: "`--help` of the command lists what each option takes.",
  },
});

/** What a question needs of a command. */
type Asking = Pick<Invocation, "terminal"> & Partial<Pick<Invocation, "signal">>;

async function readLine(
  { terminal, signal }: Asking,
  question: string,
  isHidden: boolean,
): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  // A question takes the place of the progress line.
  terminal.writeProgress("");
  process.stderr.write(question);
  const lines = createInterface({
    input: process.stdin,
    output: isHidden ? muted : process.stderr,
    terminal: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stop = () => reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  lines.once("line", resolve);
  // A terminal that is read key by key sends no signal for Ctrl+C: whoever presses it wants the program to stop, not to say no.
  lines.once("SIGINT", () => process.emit("SIGINT", "SIGINT"));
  lines.once("close", () => reject(new CommonweightError(askErrors.declined)));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    lines.close();
    if (isHidden) process.stderr.write("\n");
  }
}

/** Asks for a password without showing it; `COMMONWEIGHT_PASSWORD` answers beforehand. @throws CW6500 */
export async function askPassword(
  { environment, ...asking }: Asking & Pick<Invocation, "environment">,
  question: string,
): Promise<string> {
  const { COMMONWEIGHT_PASSWORD: given } = environment;
  if (given !== undefined && given !== "") return given;
  if (!asking.terminal.isInteractive) {
    throw new CommonweightError(askErrors.notInteractive, question);
  }
  return readLine(asking, `${question}: `, true);
}

/**
 * Asks for the password of something new, until the same one was typed twice: nobody can restore what a slip of the finger locked.
 * `COMMONWEIGHT_PASSWORD` answers beforehand.
 *
 * @throws CW6500
 */
export async function askNewPassword(
  invocation: Asking & Pick<Invocation, "environment">,
  question: string,
): Promise<string> {
  const { environment, terminal } = invocation;
  const isGiven = (environment.COMMONWEIGHT_PASSWORD ?? "") !== "";
  for (;;) {
    const password = await askPassword(invocation, question);
    if (isGiven) return password;
    if (password === "")
      terminal.writeMessage("an empty password protects nothing; another, please");
    else if (password === (await askPassword(invocation, "The same again"))) return password;
    else terminal.writeMessage("these were two different passwords; once more, please");
  }
}

/** Asks before money moves; `--yes` answers beforehand. @throws CW6500, CW6501 */
export async function confirm(
  { options, ...asking }: Asking & Pick<Invocation, "options">,
  question: string,
): Promise<void> {
  if (options.yes === true) return;
  if (!asking.terminal.isInteractive) {
    throw new CommonweightError(askErrors.notInteractive, question);
  }
  const answer = await readLine(asking, `${question} [y/N] `, false);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommonweightError(askErrors.declined);
}

/**
 * Asks until the answer is one; an empty line takes the fallback. The option of the question's name answers beforehand, and
 * `--yes` takes every fallback.
 *
 * @throws CW6500 when nobody is there, CW6502 for an option that is no answer.
 */
export async function askFor(
  { options, ...asking }: Asking & Pick<Invocation, "options">,
  asked: {
    readonly flag: string;
    readonly question: string;
    readonly why: string;
    readonly fallback: string;
    readonly choices?: readonly string[];
    readonly refuse?: (answer: string) => string | undefined;
  },
): Promise<string> {
  const { flag, question, why, fallback, choices, refuse } = asked;
  const { terminal } = asking;
  const problemOf = (answer: string) =>
    choices && !choices.includes(answer)
      ? `one of ${choices.join(", ")}, please`
      : refuse?.(answer);
  const given = options[flag];
  if (given !== undefined) {
    const problem = problemOf(String(given));
    if (problem === undefined) return String(given);
    throw new CommonweightError(askErrors.noAnswer, `${question} "${given}": ${problem}`);
  }
  if (options.yes === true) return fallback;
  if (!terminal.isInteractive) {
    const option = `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new CommonweightError(askErrors.notInteractive, `${question} (${option})`);
  }
  terminal.writeMessage(`\n${why}`);
  for (;;) {
    const listed = choices ? ` (${choices.join(", ")})` : "";
    const line = (await readLine(asking, `${question}${listed} [${fallback}] `, false)).trim();
    const answer = line === "" ? fallback : line;
    const problem = problemOf(answer);
    if (problem === undefined) return answer;
    terminal.writeMessage(problem);
  }
}
