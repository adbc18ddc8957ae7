import { expect, it } from "vitest";
import { setupLabel } from "../../services/protocol/setup-label.ts";

it.each([
  ["a line of its own", "ceremony\n  ok       Gram proof"],
  ["a terminal's commands", "ceremony\u001b[2K\u001b[1A"],
  ["text in another direction", "ceremony \u202egnihtyna"],
])("a deployer's label cannot bring %s", (_, label) => {
  const shown = setupLabel(label);

  expect(shown).toMatch(/^ceremony/);
  expect(shown).not.toMatch(/[\p{Cc}\u202e]/u);
});

it("a deployer's label is cut where it fills the page", () => {
  expect(setupLabel("x".repeat(100_000))).toHaveLength(120);
});
