import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { devNull } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { showFailure } from "../../services/command-line/failure.ts";
import { learningErrors } from "../../services/learning/errors.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

const style = { isJson: false, isVerbose: false };
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("what the system refuses", () => {
  it("is the fault of a path that somebody gave, not a bug", () => {
    const inFile = showFailure(
      thrownBy(() => mkdirSync(join(devNull, "state"))),
      style,
    );
    const missing = showFailure(
      thrownBy(() => readFileSync("/none/of this")),
      style,
    );

    expect(inFile.exitCode).toBe(exitCodes.refused);
    expect(inFile.text).toMatch(/^CW6540: \S+state: a file is where a folder should be\n/);
    expect(missing.text).toMatch(/^CW6540: \/none\/of this: there is no folder \/none\n/);
    const file = showFailure(
      thrownBy(() => readFileSync("/none of this")),
      style,
    );
    expect(file.text).toMatch(/^CW6540: \/none of this: it does not exist\n/);
  });

  it.each([
    ["is in use", "127.0.0.1", "another program listens there"],
    ["is another machine's", "192.0.2.1", "this machine has no such address"],
  ])("is an address that %s", async (_, host, reason) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as { port: number };

    const error = await new Promise((resolve) =>
      createServer().once("error", resolve).listen(port, host),
    );
    const shown = showFailure(error, style);

    await new Promise((resolve) => holder.close(resolve));
    expect(shown).toMatchObject({ exitCode: exitCodes.refused });
    expect(shown.text).toMatch(`CW6541: port ${port} of ${host}: ${reason}`);
  });

  it("stays a bug when no path and no address is named", () => {
    const shown = showFailure(new TypeError("x is not a function"), style);

    expect(shown.exitCode).toBe(exitCodes.internal);
    expect(shown.text).toMatch(/^internal: x is not a function/);
  });
});

describe("a failure whose message is only a thing", () => {
  const shown = (message?: string) =>
    showFailure(new CommonweightError(learningErrors.dataUnreadable, message), style).text;
  const { code, title } = learningErrors.dataUnreadable;

  it.each([
    "/my data/table.csv",
    "../x y z.csv",
    "C:\\data\\t.csv",
    "http://127.0.0.1:1",
    'network "a"',
    "12 bytes",
  ])("says what is the matter with %s", (message) => {
    expect(shown(message)).toMatch(`${code}: ${message}: ${title}\n  `);
  });

  it.each([
    "/my data/t.csv is not UTF-8",
    "/x: 5 bytes, of at most 3",
    "http://a and http://b answer otherwise",
    undefined,
  ])("repeats nothing when it is a sentence: %s", (message) => {
    expect(shown(message)).toMatch(`${code}: ${message ?? title}\n  `);
  });
});
