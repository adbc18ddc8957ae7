import { describe, expect, it } from "vitest";
import { commandLine } from "./command-line.ts";
import { everyCommand } from "./every-command.ts";

const commands = await everyCommand();

describe("help", () => {
  it("is there for all commands that the documentation names", () => {
    expect(commands.length).toBeGreaterThan(25);
  });

  it.each(commands)("of %s %s says what it does and shows an example", async (...words) => {
    const { exitCode, stdout, stderr } = await commandLine([...words.filter(Boolean), "--help"]);

    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Examples?:\n {2}\S/m);
    expect(stdout).toMatchSnapshot();
  });
});
