import { describe, expect, it } from "vitest";
import { generateContractBindings } from "../../scripts/generate/contract-bindings.ts";
import { generateErrorPage } from "../../scripts/generate/error-page.ts";
import { isCurrent } from "../../scripts/generate/generated-file.ts";
import { generatePerformancePicture } from "../../scripts/generate/performance-picture.ts";
import { filesBelow } from "./source-files.ts";

describe("generated files", () => {
  it("keeps the contract bindings that the sources compile to", { timeout: 300_000 }, async () => {
    const files = await generateContractBindings();

    const stale = await Promise.all(
      files.map(async (file) => ((await isCurrent(file)) ? [] : [file.path])),
    );
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(stale.flat(), "run `npm run generate`").toEqual([]);
    expect(files.map(({ path }) => path)).toContain(
      "services/adapters/chain/generated/training-market.ts",
    );
  });

  it("keeps the error page that the tables say", async () => {
    const [page] = await generateErrorPage();

    expect(page && (await isCurrent(page)), "run `npm run generate`").toBe(true);
  });

  it("keeps the picture that the numbers of docs/performance.md make", async () => {
    const [picture] = await generatePerformancePicture();

    expect(picture && (await isCurrent(picture)), "run `npm run generate`").toBe(true);
  });

  it("ignores a file that differs by one character", async () => {
    const [page] = await generateErrorPage();
    if (page === undefined) throw new Error("no page");

    expect(await isCurrent({ ...page, content: `${page.content} ` })).toBe(false);
    expect(await filesBelow("docs", /^errors\.md$/)).toEqual(["docs/errors.md"]);
  });
});
