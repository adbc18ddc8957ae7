import { describe, expect, it } from "vitest";
import { failureFrom, launcherErrors } from "../../../scripts/launcher/failure.mjs";

describe("failureFrom", () => {
  it.each([
    [
      "npm error code ENOTFOUND\nnpm error network request failed",
      launcherErrors.registryUnreachable,
    ],
    ["npm error code ECONNREFUSED", launcherErrors.registryUnreachable],
    ["npm error code ERR_SOCKET_TIMEOUT", launcherErrors.registryUnreachable],
    ["npm error code ENOSPC\nnpm error nospc", launcherErrors.diskFull],
    ["EACCES", launcherErrors.notWritable],
    ["EROFS", launcherErrors.notWritable],
    ["npm error code EINTEGRITY", launcherErrors.packageRefused],
    ["npm error code E404", launcherErrors.packageRefused],
    ["npm error something new", launcherErrors.installFailed],
  ])("names the cause of %j", (output, definition) => {
    expect(failureFrom(output).code).toBe(definition.code);
  });

  it("has a way out for every failure", () => {
    for (const { code, hint } of Object.values(launcherErrors)) {
      expect(code).toMatch(/^CW69\d\d$/);
      expect(hint.length).toBeGreaterThan(20);
    }
  });
});
