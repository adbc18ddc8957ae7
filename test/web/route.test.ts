import { expect, test } from "vitest";
import { auditHref, parseRoute, projectHref, roundHref, trainerHref } from "../../web/route.ts";

test("every address that the page links to leads to its page", () => {
  expect(parseRoute("")).toEqual({ page: "projects" });
  expect(parseRoute("#/settings")).toEqual({ page: "settings" });
  expect(parseRoute(projectHref(7n))).toEqual({ page: "project", projectId: 7n });
  expect(parseRoute(auditHref(7n))).toEqual({ page: "audit", projectId: 7n });
  expect(parseRoute(roundHref(7n, 0))).toEqual({ page: "round", projectId: 7n, roundIndex: 0 });
  const trainer = `0x${"aB".repeat(20)}`;
  expect(parseRoute(trainerHref(7n, trainer))).toEqual({ page: "trainer", projectId: 7n, trainer });
});

test.each([
  "#/project",
  "#/project/x",
  "#/project/-1",
  "#/project/1/round",
  "#/project/1/round/01",
  "#/a",
])("%s leads nowhere, and fails nothing", (hash) =>
  expect(parseRoute(hash)).toEqual({ page: "unknown" }),
);
