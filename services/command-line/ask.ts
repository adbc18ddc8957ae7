import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import type { Invocation } from "./command-context.ts";

export const askErrors = defineErrors([6500, 6509], {
  notInteractive: {
    code: "CW6500",
    title: "Nobody is there to answer a question",
    hint: "Run the command in a terminal, or give the answer beforehand: --yes for a confirmation, COMMONWEIGHT_PASSWORD for a password.",
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

async function readLine(
  terminal: Invocation["terminal"],
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
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => reject(new CommonweightError(askErrors.declined)));
    });
  } finally {
    lines.close();
    if (isHidden) process.stderr.write("\n");
  }
}

/** Asks for a password without showing it; `COMMONWEIGHT_PASSWORD` answers beforehand. @throws CW6500 */
export async function askPassword(
  { environment, terminal }: Pick<Invocation, "environment" | "terminal">,
  question: string,
): Promise<string> {
  const { COMMONWEIGHT_PASSWORD: given } = environment;
  if (given !== undefined && given !== "") return given;
  if (!terminal.isInteractive) throw new CommonweightError(askErrors.notInteractive, question);
  return readLine(terminal, `${question}: `, true);
}

/** Asks before money moves; `--yes` answers beforehand. @throws CW6500, CW6501 */
export async function confirm(
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
  question: string,
): Promise<void> {
  if (options.yes === true) return;
  if (!terminal.isInteractive) throw new CommonweightError(askErrors.notInteractive, question);
  const answer = await readLine(terminal, `${question} [y/N] `, false);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommonweightError(askErrors.declined);
}

/**
 * Asks until the answer is one; an empty line takes the fallback. The option of the question's name answers beforehand, and
 * `--yes` takes every fallback.
 *
 * @throws CW6500 when nobody is there, CW6502 for an option that is no answer.
 */
export async function askFor(
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
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
  if (!terminal.isInteractive) throw new CommonweightError(askErrors.notInteractive, question);
  terminal.writeMessage(`\n${why}`);
  for (;;) {
    const listed = choices ? ` (${choices.join(", ")})` : "";
    const line = (await readLine(terminal, `${question}${listed} [${fallback}] `, false)).trim();
    const answer = line === "" ? fallback : line;
    const problem = problemOf(answer);
    if (problem === undefined) return answer;
    terminal.writeMessage(problem);
  }
}
