import { MantineProvider } from "@mantine/core";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { EvaluationCurves } from "../../../web/project/evaluation-curves.tsx";
import type { EvaluationClaims } from "../../../web/project/load-evaluations.ts";

const claim = { version: 1, accuracy: 0.8342, loss: 0.585, samples: 2000, problem: null };
const html = (claims: EvaluationClaims) =>
  renderToStaticMarkup(
    <MantineProvider>
      <EvaluationCurves {...claims} />
    </MantineProvider>,
  );

test("a claim is shown as a curve and as a table, and called a claim", () => {
  const text = html({ claims: [claim], away: null });

  expect(text).toContain("the owner’s claim, not proven");
  expect(text).toContain("Accuracy by model");
  expect(text).toContain("<td class");
  expect(text).toContain("83.4 %");
});

test("a claim that somebody else made is named, and its number is nowhere", () => {
  const forged = { ...claim, accuracy: 0.9876, problem: "the referee did not sign it" };

  const text = html({ claims: [forged], away: null });

  expect(text).toContain("model 1: the referee did not sign it");
  expect(text).not.toContain("98.8");
  expect(text).not.toContain("Accuracy by model");
});

test("no claims, and a server that is away, are told apart", () => {
  expect(html({ claims: [], away: null })).toContain("has not published any measurement");
  expect(html({ claims: [], away: null })).not.toContain("measured these");
  expect(html({ claims: [], away: "CW2770" })).toContain("does not tell any now: CW2770");
});
