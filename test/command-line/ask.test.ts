import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askFor, askNewPassword, confirm } from "../../services/command-line/ask.ts";

const said: string[] = [];
const terminal = {
  writeResult: () => undefined,
  writeMessage: (text: string) => said.push(text),
  writeProgress: () => undefined,
  hasColor: false,
  isInteractive: true,
};
let keys: PassThrough;

/** Types each line when its question has been asked. */
function typing(...lines: string[]) {
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    if (/[:\]] $/.test(String(text)) && lines.length > 0) {
      const line = lines.shift();
      setImmediate(() => keys.write(line));
    }
    return true;
  });
}

beforeEach(() => {
  keys = new PassThrough();
  said.length = 0;
  vi.spyOn(process, "stdin", "get").mockReturnValue(keys as never);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a question", () => {
  it("for a new password wants it twice, and none that is empty", async () => {
    typing("\r", "right\r", "rihgt\r", "right\r", "right\r");

    const password = await askNewPassword({ terminal, environment: {} }, "New password");

    expect(password).toBe("right");
    expect(said).toEqual([
      expect.stringMatching("an empty password"),
      expect.stringMatching("two different"),
    ]);
  });

  it("is not asked when the environment has the answer", async () => {
    const environment = { COMMONWEIGHT_PASSWORD: "given" };

    expect(await askNewPassword({ terminal, environment }, "New password")).toBe("given");
  });

  it("is no no for who presses Ctrl+C: the program is told to stop", async () => {
    const stopping = new AbortController();
    const listener = vi.fn(() => stopping.abort("SIGINT"));
    const others = process.listeners("SIGINT");
    process.removeAllListeners("SIGINT").on("SIGINT", listener);
    typing("\u0003");

    const asked = confirm({ terminal, options: {}, signal: stopping.signal }, "Send it?");

    await expect(asked).rejects.toBe("SIGINT");
    expect(listener).toHaveBeenCalledOnce();
    process.removeListener("SIGINT", listener);
    for (const other of others) process.on("SIGINT", other);
  });

  it("ends when the program is told to stop meanwhile", async () => {
    const stopping = new AbortController();
    typing();

    const asked = confirm({ terminal, options: {}, signal: stopping.signal }, "Send it?");
    stopping.abort("SIGTERM");

    await expect(asked).rejects.toBe("SIGTERM");
  });

  it("names its option when nobody is there to answer", async () => {
    const asked = { flag: "samplesEach", question: "How many?", why: "", fallback: "1" };
    const around = { terminal: { ...terminal, isInteractive: false }, options: {} };

    await expect(askFor(around, asked)).rejects.toMatchObject({
      code: "CW6500",
      message: "How many? (--samples-each)",
    });
  });

  it("takes no option for an answer that answers something else", async () => {
    const asked = { flag: "pace", question: "How fast?", why: "", fallback: "hours" };
    const choices = ["minutes", "hours", "days"];
    const answer = (pace: string) => askFor({ terminal, options: { pace } }, { ...asked, choices });

    await expect(answer("fast")).rejects.toMatchObject({
      code: "CW6502",
      message: 'How fast? "fast": one of minutes, hours, days, please',
    });
    expect(await answer("days")).toBe("days");
  });
});
