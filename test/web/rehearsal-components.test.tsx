// @vitest-environment happy-dom
import { useState } from "react";
import { afterEach, describe, expect, test } from "vitest";
import type { RehearsedRound } from "../../services/learning/rehearsal/rehearse.ts";
import {
  AttackMixInput,
  type AttackRow,
  attackMixProblem,
} from "../../web/rehearsal/attack-mix-input.tsx";
import { attacksFor } from "../../web/rehearsal/attacks-for.ts";
import { advanceRehearsal, idleRehearsal } from "../../web/rehearsal/rehearsal-progress.ts";
import { RehearsalView } from "../../web/rehearsal/rehearsal-view.tsx";
import { type Rendered, render } from "./render.tsx";

let page: Rendered;
afterEach(() => page.close());

const round = (change: Partial<RehearsedRound>): RehearsedRound => ({
  ...{ roundIndex: 0, accuracy: 0.9, loss: 0.3, isVoid: false, weights: [1, 1, 1] },
  ...{ verdicts: ["accepted", "accepted", "against-reference"], payoutsWei: [6n, 4n, 0n] },
  similarities: { names: [], cosines: [] },
  ...change,
});
const isAttacker = [false, false, true];
const running = advanceRehearsal(advanceRehearsal(idleRehearsal, { type: "started", planned: 4 }), {
  type: "round",
  round: round({}),
  rounds: 4,
  isAttacker,
});
const report = {
  ...{ rounds: [round({})], isAttacker, finalAccuracy: 0.9, finalLoss: 0.3, voidRounds: 0 },
  ...{ missedShare: 0, falseRemovalShare: 0, attackerPayShare: 0, paidWei: 10n, seconds: 1 },
  commonestShare: 0.4,
};
const done = (findings: readonly string[]) =>
  advanceRehearsal(running, { type: "done", report, findings, samples: 1200 });
const view = (progress: typeof running, { isMadeUp = false, isStale = false } = {}) =>
  render(<RehearsalView {...{ progress, isMadeUp, isStale }} />);

describe("a rehearsal on the page", () => {
  test("while it runs, says what it does, how far it is, and what each round came to", async () => {
    page = await view(advanceRehearsal(running, { type: "doing", text: "round 2 of 4" }));

    expect(page.container.querySelector("[role=status]")?.textContent).toBe("round 2 of 4…");
    expect(page.container.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe(
      "25",
    );
    const cells = [...page.container.querySelectorAll("[data-rehearsed='0'] td")];
    expect(cells.map(({ textContent }) => textContent)).toEqual([
      ...["0", "90.0 %", "2 of 2", "0 of 1", "0.0 %"],
    ]);
    expect(await page.axe()).toEqual([]);
  });

  test("the table that the rule decided from is drawn, with each trainer's verdict", async () => {
    const names = ["reference", "trainer 1", "trainer 2", "trainer 3"];
    const cosines = names.map((_, row) =>
      names.map((_, column) => (row === column ? 1 : row === 3 || column === 3 ? -0.5 : 0.9999)),
    );
    page = await view({ ...running, rounds: [round({ similarities: { names, cosines } })] });

    const texts = [...page.container.querySelectorAll("[data-cosine]")].map((cell) => [
      cell.getAttribute("data-cosine"),
      cell.textContent,
    ]);
    expect(texts).toHaveLength(16);
    expect(texts.slice(0, 4)).toEqual([
      ["1.000", "1.00"],
      ["1.000", ">0.99"],
      ["1.000", ">0.99"],
      ["-0.500", "−0.50"],
    ]);
    expect(page.text()).toContain("trainer 3 (removed: points away from the reference)");
    expect(await page.axe()).toEqual([]);
  });

  test("what an attacker took of the pay is counted in wei", async () => {
    const paid = round({ roundIndex: 1, payoutsWei: [1n, 1n, 2n], isVoid: true });
    page = await view({ ...running, rounds: [paid] });

    expect(page.text()).toContain("50.0 %");
    expect(page.text()).toContain("2 of 2 (void)");
  });

  test("a rule that held is told with what it was tried on", async () => {
    page = await view(done([]), { isMadeUp: true });

    const result = page.container.querySelector("[data-rehearsal=held]");
    expect(result?.textContent).toMatch(
      /3 trainers, 1 of them an attacker, on 1,200 invented samples .* say nothing about/,
    );
    expect(await page.axe()).toEqual([]);
  });

  test("a rule that did not hold lists why, in place of any praise", async () => {
    page = await view(done(["attackers got 60 % of the pay"]));

    expect(page.container.querySelector("[data-rehearsal=broken]")?.textContent).toMatch(
      /Do not post it like this.*attackers got 60 % of the pay\./,
    );
    expect(page.text()).not.toContain("held");
    expect(page.text()).toContain("of always saying the commonest class 40.0 %");
  });

  test("every attack that was tried stands beside what happens when nobody attacks", async () => {
    const summary = { falseRemovalShare: 0, voidRounds: 0, findings: [] };
    const nobody = { attack: null, finalAccuracy: 0.93, missedShare: null, attackerPayShare: 0 };
    const noise = { attack: "noise", finalAccuracy: 0.91, missedShare: 0, attackerPayShare: 0 };
    const broken = { ...noise, attack: "copycat", missedShare: 1, findings: ["accepted"] };
    const begun = advanceRehearsal(idleRehearsal, { type: "started", planned: 0 });
    const tried = [nobody, noise, broken].map((each) => ({ ...summary, ...each }));
    const half = tried.reduce(
      (progress, each) => advanceRehearsal(progress, { type: "tried", tried: each, trials: 6 }),
      begun,
    );
    page = await view(half);
    expect(page.container.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe(
      "50",
    );
    expect(page.container.querySelector("[data-surveyed]")).toBeNull();
    await page.close();

    page = await view(advanceRehearsal(half, { type: "surveyed", samples: 500 }));
    expect(page.container.querySelector("[data-surveyed]")?.textContent).toMatch(
      /held against 1 of 2 attacks/,
    );
    const rows = [...page.container.querySelectorAll("[data-tried]")];
    expect(rows.map((row) => row.getAttribute("data-tried"))).toEqual([
      ...["nobody", "noise", "copycat"],
    ]);
    expect(rows[2]?.textContent).toMatch(/Copies a peer's update.*did not hold: accepted/);
    expect(await page.axe()).toEqual([]);
  });

  test("a result of another form than the one on the page says so", async () => {
    page = await view(done([]), { isStale: true });

    expect(page.text()).toContain("The form has changed since: rehearse again.");
  });

  test("an error is told with its code and way out", async () => {
    const failure = { type: "failed", code: "CW3106", message: "2 samples", hint: "more" } as const;
    page = await view(advanceRehearsal(running, failure));

    expect(page.container.querySelector("[role=alert]")?.textContent).toBe("2 samplesmoreCW3106");
    expect(page.container.querySelector("[role=progressbar]")).toBeNull();
  });
});

function Choice({ initial }: { initial: readonly AttackRow[] }) {
  const [mix, setMix] = useState(initial);
  return <AttackMixInput {...{ mix, classes: 3, trainers: 5, onChange: setMix }} />;
}

describe("the choice of attackers", () => {
  const first: AttackRow = { row: 1, attack: "sign-flip", trainers: 1 };

  test("says what an attack does, and keeps the focus when another is chosen", async () => {
    page = await render(<Choice initial={[first]} />);
    const select = page.field("Attack");
    select.focus();

    await page.fill("Attack", "free-rider");

    expect(page.text()).toContain("Does not train and sends zeros.");
    expect(page.field("Attack")).toBe(select);
  });

  test("attackers are added and removed, each attack once", async () => {
    page = await render(<Choice initial={[first]} />);

    await page.click("Add other attackers");
    expect(page.container.querySelectorAll("[role=group]")).toHaveLength(2);
    const [, second] = [...page.container.querySelectorAll<HTMLSelectElement>("select")].filter(
      ({ options }) => options.length > 5,
    );
    expect([...(second?.options ?? [])].map(({ value }) => value)).not.toContain("sign-flip");
    expect(await page.axe()).toEqual([]);

    await page.click("Remove sign-flip");
    expect(page.container.querySelectorAll("[role=group]")).toHaveLength(1);
  });

  test("offers no attack on a class that there is not", () => {
    expect(attacksFor(7).map(({ name }) => name)).not.toContain("targeted-flip");
    expect(attacksFor(8).map(({ name }) => name)).toContain("targeted-flip");
  });

  test("attackers must leave somebody honest", () => {
    expect(attackMixProblem([first], 2)).toBeUndefined();
    expect(attackMixProblem([{ ...first, trainers: 3 }], 3)).toMatch(/3 attackers of 3 trainers/);
  });
});
