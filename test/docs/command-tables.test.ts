import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { COMMAND_FOLDERS } from "../../services/command-line/command-folders.ts";

/** Words after the group's name that are commands: `keys` holds two. */
async function commandNames(): Promise<readonly { group: string; name: string }[]> {
  const all = await Promise.all(
    COMMAND_FOLDERS.map(async ({ folder, group = "" }) => {
      const files = await readdir(`${repositoryRoot}services/${folder}/commands`).catch(() => []);
      return files
        .filter((file) => file.endsWith(".ts"))
        .map((file) => ({ group, name: file.replace(/\.ts$/, "") }));
    }),
  );
  return all.flat();
}

describe("the README's table of commands", () => {
  it("has every command in the row of its role", async () => {
    const readme = await readFile(`${repositoryRoot}README.md`, "utf8");
    const rows = readme.split("\n").filter((line) => line.startsWith("| "));
    const commands = await commandNames();

    const lacking = commands.filter(({ group, name }) => {
      const row = rows.find((line) => line.includes(group === "" ? "`audit`" : `\`${group} `));
      return (
        row === undefined || !(row.includes(`\`${name}\``) || row.includes(`\`${group} ${name}\``))
      );
    });

    expect(commands.length).toBeGreaterThan(25);
    expect(lacking).toEqual([]);
  });
});

describe("the page of commands", () => {
  it("says what every command does", async () => {
    const page = await readFile(`${repositoryRoot}docs/commands.md`, "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const commands = await commandNames();

    const lacking = commands
      .map(({ group, name }) => (group === "" ? name : `${group} ${name}`))
      .filter((command) => !rows.some((row) => new RegExp(`\`${command}[\` ]`).test(row)));

    expect(lacking).toEqual([]);
  });
});
