import { expect, it } from "vitest";
import config from "../../vitest.config.ts";
import { readSourceFiles } from "./source-files.ts";

/** Of a test or a hook, as its last argument; deeper in are timers. */
const OWN_TIMEOUT = /^ {0,2}\}, ([\d_]+)\);$/gm;

it("no test is given less time than all tests have, nor a check the second that vi.waitFor has", async () => {
  const tests = (await readSourceFiles("test")).filter(({ path }) => /\.tsx?$/.test(path));
  const shortestMs = config.test?.testTimeout as number;
  const impatient = tests.flatMap(({ path, text }) => {
    const isWaiting = path !== "test/eventually.ts" && /\bvi\.waitFor\(/.test(text);
    const timesMs = [...text.matchAll(OWN_TIMEOUT)].map(([, ms]) =>
      Number(ms?.replaceAll("_", "")),
    );
    const tooShort = timesMs.filter((ms) => ms < shortestMs);
    return isWaiting || tooShort.length > 0
      ? [`${path}: ${isWaiting ? "vi.waitFor" : tooShort}`]
      : [];
  });

  expect(tests.length).toBeGreaterThan(200);
  expect(impatient).toEqual([]);
});
