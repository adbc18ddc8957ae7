import { afterEach, expect, it, vi } from "vitest";
import { RefusedFiles } from "../../../services/aggregator/round/refused-files.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { CommonweightError, type ErrorDefinition } from "../../../services/protocol/errors.ts";
import { modelFileErrors } from "../../../services/protocol/model/model-file-errors.ts";
import { sealedFileErrors } from "../../../services/protocol/sealing/sealed-file.ts";

afterEach(() => vi.useRealTimers());

/** Whether a file that was found to be this is looked at again at once, after sixteen seconds, and after a day. */
function looksAgainAfter(kind: ErrorDefinition): boolean[] {
  vi.useFakeTimers({ toFake: ["performance"] });
  const refused = new RefusedFiles();
  refused.add("file", new CommonweightError(kind));
  return [0, 16_000, 86_400_000].map((passedMs) => {
    vi.advanceTimersByTime(passedMs);
    try {
      refused.requireNotRefused("file");
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: kind.code });
      return false;
    }
  });
}

it.each([
  ["another model", modelFileErrors.commitmentMismatch, [false, false, false]],
  ["too large", contentStoreErrors.tooLarge, [false, false, false]],
  [
    "sealed to others, who may yet grant its key",
    sealedFileErrors.notAddressed,
    [false, true, true],
  ],
  ["damaged", contentStoreErrors.corrupt, [true, true, true]],
  ["nowhere", contentStoreErrors.timedOut, [true, true, true]],
])("a file that is %s", (_, kind, looks) => {
  expect(looksAgainAfter(kind)).toEqual(looks);
});
