import { describe, expect, it } from "vitest";
import { aboutDuration, clockText, exactDuration } from "../../services/protocol/duration-text.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { parseDuration } from "../../web/post/parse-duration.ts";

describe("a duration", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [5400, "90 min"],
    [7200, "2 h"],
    [86_400, "1 d"],
    [200_000, "200000 s"],
  ])("of %i seconds is exactly %s, which is read back", (seconds, text) => {
    expect(exactDuration(seconds)).toBe(text);
    expect(parseDuration(text)).toBe(seconds);
  });

  it("that is left is rounded down, in a unit of which there are at least two", () => {
    expect([119, 7199, 7200, 172_800].map(aboutDuration)).toEqual([
      ...["119 s", "119 min", "2 h", "2 days"],
    ]);
  });

  it("that has passed is a clock's", () => {
    expect([0, 59_999, 60_000, 3_600_000].map(clockText)).toEqual([
      "0:00",
      "0:59",
      "1:00",
      "60:00",
    ]);
  });
});

it("a share is told in percent, with a digit behind the point or none", () => {
  expect(percentText(0.1234)).toBe("12.3 %");
  expect(percentText(1, 0)).toBe("100 %");
});
