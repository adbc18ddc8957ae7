import { describe, expect, it } from "vitest";
import { isCompatible, readLicences } from "../../../scripts/licences/read-licences.ts";

describe("the licences of what is installed", () => {
  it("are all compatible with the project's own", () => {
    const packages = readLicences();
    expect(packages.length).toBeGreaterThan(500);
    expect(packages.filter(({ licence }) => !isCompatible(licence))).toEqual([]);
  });

  it("count as compatible only when one of their alternatives is known to be", () => {
    expect(isCompatible("(GPL-2.0 OR MIT)")).toBe(true);
    expect(isCompatible("GPL-2.0")).toBe(false);
    expect(isCompatible("unknown")).toBe(false);
    expect(isCompatible("MIT AND Proprietary")).toBe(false);
  });

  it("brings install scripts only with packages that are known", () => {
    const names = readLicences().flatMap((each) => (each.hasInstallScript ? [each.name] : []));
    expect(names).toEqual(["@foundry-rs/anvil", "classic-level", "esbuild"]);
  });
});
