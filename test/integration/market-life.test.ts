import { beforeAll, expect, it } from "vitest";
import { type Ledger, ledgerText, liveProject } from "./market-life.ts";

let ledger: Ledger;

beforeAll(async () => {
  ledger = await liveProject();
  console.log(ledgerText(ledger));
}, 180_000);

const lineOf = (party: string) => {
  const line = ledger.lines.find((each) => each.party === party);
  if (line === undefined) throw new Error(`no ${party}`);
  return line;
};

it("accounts for every wei of a project with a failing primary, a refusing payee and an absent owner", () => {
  const putIn = ledger.lines.reduce((sum, line) => sum + line.putInWei, 0n);
  const gotBack = ledger.lines.reduce((sum, line) => sum + line.gotBackWei, 0n);
  const kept = ledger.lines.reduce((sum, line) => sum + line.keptWei, 0n);

  expect(putIn).toBeGreaterThan(10_000n * 10n ** 18n);
  expect(gotBack + kept).toBe(putIn);
  expect(ledger.leftInVaultWei).toBe(kept);
  expect(ledger.owedByVaultWei).toBe(kept);
});

it("keeps for the blocked payee what it earned, and pays the others in full", () => {
  expect(lineOf("trainer 4").gotBackWei).toBe(0n);
  expect(lineOf("trainer 4").keptWei).toBeGreaterThan(500n * 10n ** 18n);
  expect(lineOf("trainer 1").keptWei).toBe(0n);
});

it("takes the bond of the primary that failed and pays the standby for it", () => {
  const { primary, standby } = { primary: lineOf("primary"), standby: lineOf("standby") };

  expect(primary.gotBackWei).toBeLessThan(primary.putInWei);
  expect(standby.gotBackWei).toBeGreaterThan(standby.putInWei + 200n * 10n ** 18n);
});

it("burns the one stake that was proven to be forfeit", () => {
  expect(lineOf("burned").gotBackWei).toBe(10n * 10n ** 18n);
});

it("pays the late joiner for the rounds it was in", () => {
  const late = lineOf("trainer 12");

  expect(late.gotBackWei).toBeGreaterThan(late.putInWei);
  expect(late.gotBackWei).toBeLessThan(lineOf("trainer 11").gotBackWei);
});
