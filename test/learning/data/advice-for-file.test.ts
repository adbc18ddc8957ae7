import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { adviceForFile } from "../../../services/learning/data/advice-for-file.ts";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-advice-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a file that cannot be read as samples", () => {
  it.each([
    ["of a table", "t.feather", 'a .feather file; pandas makes a table of it: table.to_csv("'],
    ["of arrays", "a/X.PT", 'a .pt file; NumPy writes inputs and labels together: numpy.savez("'],
    ["of one array", "x.npy", "a .npy file; NumPy writes inputs and labels together"],
    ["that is packed", "a.b/t.csv.gz", "a .gz file; unpack it"],
    ["of another name", "t.txt", "a .txt file; if it is a table, call it .csv"],
  ])("%s says how to make one of it that can", (_, path, advice) => {
    expect(adviceForFile(path)).toContain(advice);
  });

  it("of no known kind is only named", () => {
    expect(adviceForFile("a.b/samples")).toBe("a file without an extension");
    expect(adviceForFile("a/samples.xyz")).toBe("a .xyz file");
  });

  it("is refused with that", async () => {
    const path = join(folder, "samples.feather");
    writeFileSync(path, "");

    await expect(openDataFiles(path)).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringContaining("table.to_csv"),
    });
  });
});
