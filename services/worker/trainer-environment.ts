import type { Environment } from "../adapters/config/config.ts";

/** How to find programs and files, and no key. */
const PASSED_ON = ["PATH", "HOME", "LANG", "TMPDIR", "CUDA_VISIBLE_DEVICES", "VIRTUAL_ENV"];

/** What of our environment a trainer's own program gets: `docs/bring-your-own-trainer.md`. */
export function trainerEnvironment(own: Environment): Readonly<Record<string, string>> {
  const entries = PASSED_ON.flatMap((name): [string, string][] => {
    const value = own[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}
