import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileChecksum } from "../../services/auditor/checks/check-setup.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { commandLine } from "../cli/command-line.ts";

/** No chain runs: whatever is refused here is refused before anybody is asked. */
describe("a file of an audit", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "commonweight-audit-"));
    await writeFile(join(folder, "words.key"), "not a key");
  });
  afterAll(() => rm(folder, { recursive: true }));

  const refusal = async (...args: string[]) => {
    const { exitCode, stderr } = await commandLine(args, { folder });
    expect(exitCode).toBe(exitCodes.refused);
    return stderr;
  };

  it.each(["--report", "--html"])(
    "that %s cannot write is said before the audit",
    async (option) => {
      const path = join(folder, "nowhere", "audit");

      expect(await refusal("audit", "1", option, path)).toMatch(`CW4602: ${path}`);
    },
  );

  it("that should hold a bundle's key, and is not there or holds something else, is named", async () => {
    const exclusion = ["exclusion", "1", "0", `0x${"a1".repeat(20)}`, "--bundle-key"];

    expect(await refusal(...exclusion, join(folder, "none.key"))).toMatch(/^CW4602: .*none\.key/);
    expect(await refusal(...exclusion, join(folder, "words.key"))).toMatch("not 32 bytes of hex");
  });

  it("of powers of tau that is not there is named", async () => {
    await expect(fileChecksum(join(folder, "none.ptau"))).rejects.toMatchObject({ code: "CW4602" });
  });
});
