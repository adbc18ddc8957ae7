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
});

async function readLine(question: string, isHidden: boolean): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
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
  return readLine(`${question}: `, true);
}

/** Asks before money moves; `--yes` answers beforehand. @throws CW6500, CW6501 */
export async function confirm(
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
  question: string,
): Promise<void> {
  if (options.yes === true) return;
  if (!terminal.isInteractive) throw new CommonweightError(askErrors.notInteractive, question);
  const answer = await readLine(`${question} [y/N] `, false);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommonweightError(askErrors.declined);
}
