import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** Colours and widths in which every page has to be sound. */
export const LOOKS = [
  ["light", 1200],
  ["dark", 1200],
  ["light", 375],
] as const;

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Collects what goes wrong in a page from now on: scripts that fail, what its own policy forbids, questions to other machines. */
export function noteFailures(page: Page): string[] {
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) failures.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOurs = hostname === "127.0.0.1" || ["data:", "blob:"].includes(protocol);
    if (!isOurs) failures.push(`asks ${request.url()}`);
  });
  return failures;
}

/** What axe finds in a page as it stands, and by how much the page is wider than its window. */
export async function examineLook(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate(`${await readFile(axe, "utf8")}; axe.run()`)) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  const excess = await page.evaluate(
    "Math.max(...[document.documentElement, document.querySelector('header nav')].map((each) => each.getBoundingClientRect().left + each.scrollWidth)) - innerWidth",
  );
  return [
    ...violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
    ...(Number(excess) > 0 ? [`overflows by ${excess}`] : []),
  ];
}
