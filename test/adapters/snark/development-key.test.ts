import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DEVELOPMENT_SECRETS } from "../../../scripts/circuits/development-secrets.ts";
import { repositoryRoot } from "../../../scripts/repository.ts";
import { readKeyRecords } from "../../../services/adapters/artifacts/key-records.ts";
import {
  DEVELOPMENT_ALPHA,
  isDevelopmentKey,
} from "../../../services/adapters/snark/development-key.ts";
import { timesGenerator } from "../curve/reference.ts";

const folder = join(repositoryRoot, "circuits/keys");
const readKey = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

it("the development keys' alpha is the public secret times the generator", () => {
  expect(DEVELOPMENT_ALPHA).toEqual(timesGenerator(DEVELOPMENT_SECRETS.alpha));
});

it("recognises every key that is recorded as a development key, and no other", async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".vkey.json"));
  const records = await readKeyRecords();
  const recorded = (file: string) =>
    records.find(({ name }) => `${name}.vkey.json` === file)?.isDevelopment;

  expect(names.length).toBeGreaterThanOrEqual(5);
  for (const name of names) expect(isDevelopmentKey(readKey(name))).toBe(recorded(name));
  const { x, y } = timesGenerator(DEVELOPMENT_SECRETS.alpha + 1n);
  const other = { ...readKey("trust-8.vkey.json"), vk_alpha_1: [`${x}`, `${y}`, "1"] };
  expect(isDevelopmentKey(other)).toBe(false);
});
