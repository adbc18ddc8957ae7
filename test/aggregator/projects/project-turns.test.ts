import { describe, expect, it } from "vitest";
import { oneAtATime } from "../../../services/aggregator/one-at-a-time.ts";
import { ProjectTurns } from "../../../services/aggregator/projects/project-turns.ts";

/** Steps that end when the test says so. */
function stepsByHand() {
  const begun: bigint[] = [];
  const ends: (() => void)[] = [];
  const step = (projectId: bigint) => {
    begun.push(projectId);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return { begun, ends, step };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe("turns of projects", () => {
  it("let one project wait for its proof while another goes on", async () => {
    const { begun, ends, step } = stepsByHand();
    const turns = new ProjectTurns(step);

    expect(turns.begin(1n)).toBe(true);
    expect(turns.begin(2n)).toBe(true);
    ends[1]?.();
    await soon();

    expect(turns.begin(1n)).toBe(false);
    expect(turns.begin(2n)).toBe(true);
    expect(begun).toEqual([1n, 2n, 2n]);
  });

  it("give news that came during a step one step right after it, however much came", async () => {
    const { begun, ends, step } = stepsByHand();
    const turns = new ProjectTurns(step);

    turns.wake(1n);
    turns.wake(1n);
    turns.wake(1n);
    expect(begun).toEqual([1n]);
    ends[0]?.();
    await soon();
    expect(begun).toEqual([1n, 1n]);
    ends[1]?.();
    await soon();

    expect(begun).toEqual([1n, 1n]);
  });

  it("have ended when the last step has, with what it was woken for", async () => {
    const { begun, ends, step } = stepsByHand();
    const turns = new ProjectTurns(step);
    turns.wake(1n);
    turns.wake(1n);
    let isOver = false;
    const over = turns.ended().then(() => {
      isOver = true;
    });

    ends[0]?.();
    await soon();
    expect(isOver).toBe(false);
    ends[1]?.();
    await over;

    expect(begun).toEqual([1n, 1n]);
  });
});

describe("one at a time", () => {
  it("begins in the order of asking, and goes on after a failure", async () => {
    const inTurn = oneAtATime();
    const said: string[] = [];
    const work = (name: string, isFailing = false) =>
      inTurn(async () => {
        said.push(`${name} begins`);
        await soon();
        said.push(`${name} ends`);
        if (isFailing) throw new Error(name);
        return name;
      });

    const [first, second, third] = await Promise.allSettled([
      work("a"),
      work("b", true),
      work("c"),
    ]);

    expect(said).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    expect([first.status, second.status, third.status]).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });
});
