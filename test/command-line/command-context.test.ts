import { Command } from "commander";
import { describe, expect, it } from "vitest";
import {
  addGlobalOptions,
  type CommandResult,
  createCommandContext,
  type Invocation,
} from "../../services/command-line/command-context.ts";
import { failureSchema } from "../../services/command-line/output-values.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

const refusal = { code: "CW6500", title: "No", hint: "Ask again." } as const;

/** Runs `commonweight try <arg>` with a body of the test's. */
async function run(
  flags: string[],
  body: (invocation: Invocation) => Promise<CommandResult>,
  stop = new AbortController(),
) {
  const written = { results: [] as string[], messages: [] as string[], progress: [] as string[] };
  let exitCode: number | undefined;
  const context = createCommandContext({
    terminal: {
      writeResult: (text) => written.results.push(text),
      writeMessage: (text) => written.messages.push(text),
      writeProgress: (text) => written.progress.push(text),
      hasColor: false,
      isInteractive: false,
    },
    environment: {},
    signal: stop.signal,
    folder: "/nowhere",
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  const program = addGlobalOptions(new Command("commonweight"));
  program.command("try <value>").option("--own <text>").action(context.action(body));
  await program.parseAsync(["try", "7", ...flags], { from: "user" });
  return { ...written, exitCode };
}

describe("a command's frame", () => {
  it("gives the body its arguments, its options and the global ones, wherever they stand", async () => {
    const { results, exitCode } = await run(
      ["--own", "x", "--network", "moon"],
      async (invocation) => ({
        data: {},
        text: JSON.stringify([invocation.args, invocation.options.own, invocation.config.network]),
      }),
    );

    expect(results).toEqual(['[["7"],"x","moon"]']);
    expect(exitCode).toBe(0);
  });

  it("prints data instead of text for --json: bigints as decimal strings, bytes as hex; no progress", async () => {
    const { results, progress } = await run(["--json"], async ({ progress: show }) => {
      show("half way");
      return { data: { shareWei: 10n ** 20n, key: new Uint8Array([1, 255]) }, text: "20 ether" };
    });

    expect(results).toEqual(['{"shareWei":"100000000000000000000","key":"0x01ff"}']);
    expect(progress.filter((text) => text !== "")).toEqual([]);
  });

  it("ends with 4 when the answer is no", async () => {
    const { exitCode } = await run([], async () => ({
      data: {},
      text: "differs",
      isNegative: true,
    }));

    expect(exitCode).toBe(4);
  });

  it("shows a known failure as code, message and way out, without a stack", async () => {
    const body = async () => {
      throw new CommonweightError(refusal, "no such project: 7", { details: { project: 7n } });
    };

    const shown = await run([], body);
    expect(shown.messages).toEqual(["CW6500: no such project: 7\n  Ask again."]);
    expect(shown.exitCode).toBe(3);

    const asJson = await run(["--json"], body);
    expect(JSON.parse(asJson.messages[0] ?? "")).toEqual({
      error: {
        code: "CW6500",
        message: "no such project: 7",
        hint: "Ask again.",
        details: { project: "7" },
      },
    });

    const verbose = await run(["--verbose"], body);
    expect(verbose.messages[0]).toContain("command-context.test.ts");
  });

  it("calls anything else a bug of ours", async () => {
    const { messages, exitCode } = await run([], async () => {
      throw new TypeError("x is not a function");
    });

    expect(exitCode).toBe(1);
    expect(messages[0]).toMatch(/bug/);
    expect(messages[0]).not.toContain("    at ");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("ends quietly after %s", async (signal, expected) => {
    const stop = new AbortController();
    const { exitCode, messages } = await run(
      [],
      async ({ signal: aborted }) => {
        stop.abort(signal);
        aborted.throwIfAborted();
        return { data: {}, text: "" };
      },
      stop,
    );

    expect(exitCode).toBe(expected);
    expect(messages).toEqual(["stopped"]);
  });

  it("says in JSON, too, that it was stopped", async () => {
    const stop = new AbortController();
    const { messages } = await run(
      ["--json"],
      async () => {
        stop.abort("SIGINT");
        throw new Error("whatever was under way");
      },
      stop,
    );

    expect(failureSchema.parse(JSON.parse(messages.join("\n"))).error.code).toBe("stopped");
  });
});
