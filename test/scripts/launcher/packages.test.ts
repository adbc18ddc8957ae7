import { describe, expect, it } from "vitest";
import { isSameInstall } from "../../../scripts/launcher/packages.mjs";

const here = { platform: "linux", arch: "x64" } as const;

describe("isSameInstall", () => {
  const locked = {
    "": { name: "commonweight" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/native-linux": { version: "2.0.0", optional: true, os: ["linux"], cpu: ["x64"] },
    "node_modules/native-mac": { version: "2.0.0", optional: true, os: ["darwin"], cpu: ["arm64"] },
    "node_modules/native-musl": {
      version: "2.0.0",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
    },
  };
  const complete = {
    "node_modules/a": { version: "1.0.0" },
    "node_modules/native-linux": { version: "2.0.0" },
  };

  it("accepts what npm installs on this platform", () => {
    expect(isSameInstall(locked, complete, here)).toBe(true);
  });

  it("accepts packages on top", () => {
    const more = { ...complete, "node_modules/b": { version: "9.0.0" } };
    expect(isSameInstall(locked, more, here)).toBe(true);
  });

  it("refuses another version", () => {
    const other = { ...complete, "node_modules/a": { version: "1.0.1" } };
    expect(isSameInstall(locked, other, here)).toBe(false);
  });

  it("refuses a missing package", () => {
    const { "node_modules/a": _, ...rest } = complete;
    expect(isSameInstall(locked, rest, here)).toBe(false);
  });

  it("refuses a dropped native package of this platform, which an old npm drops silently", () => {
    const { "node_modules/native-linux": _, ...rest } = complete;
    expect(isSameInstall(locked, rest, here)).toBe(false);
  });
});
