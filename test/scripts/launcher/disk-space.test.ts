import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { requireDiskSpace } from "../../../scripts/launcher/disk-space.mjs";

describe("requireDiskSpace", () => {
  it("accepts a disk with room", () => {
    expect(() => requireDiskSpace(tmpdir(), 1)).not.toThrow();
  });

  it("says how much is free and how much is needed", () => {
    expect(() => requireDiskSpace(tmpdir(), 1e18)).toThrow(
      expect.objectContaining({
        code: "CW6904",
        message: expect.stringMatching(/\d+ MB free, 1000000000000 MB needed/),
      }),
    );
  });
});
