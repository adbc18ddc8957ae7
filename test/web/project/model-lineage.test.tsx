// @vitest-environment happy-dom
import { act } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { Connection } from "../../../web/connection.ts";
import type { ProjectHistory } from "../../../web/project/load-history.ts";
import { ModelLineage } from "../../../web/project/model-lineage.tsx";
import type { ModelAnswer } from "../../../web/project/model-messages.ts";
import { type Rendered, render } from "../render.tsx";

let page: Rendered;
afterEach(() => page.close());

const connection = {
  chain: { chainId: 1n, addresses: { market: "0x" } },
  ...{ settings: { gateway: "" }, setup: { isDevelopment: true } },
} as unknown as Connection;

/** What the page says of a project's only model when this was found out about it. */
async function badgeOf(modelVisibility: string, isPassed: boolean | null): Promise<string> {
  const answer: ModelAnswer = {
    check: { name: "model file 0", isPassed, detail: "" },
    bytes: new Uint8Array(1),
  };
  const started: { onmessage?: (event: { data: ModelAnswer }) => void }[] = [];
  vi.stubGlobal(
    "Worker",
    class {
      onmessage?: (event: { data: ModelAnswer }) => void;
      terminate() {}
      postMessage() {}
      constructor() {
        started.push(this);
      }
    },
  );
  const history = {
    project: { projectId: 1n, owner: "0x", terms: { modelVisibility, parameterCount: 1 } },
    models: [{ version: 0, roundIndex: 0, cid: "bafy", commitment: { x: 1n, y: 2n } }],
  } as unknown as ProjectHistory;
  page = await render(<ModelLineage history={history} connection={connection} />);
  await page.click("Download and check model 0");
  await act(async () => started[0]?.onmessage?.({ data: answer }));
  return page.container.querySelector("[data-result]")?.textContent ?? "";
}

test.each([
  ["public", true, "is the proven model"],
  ["public", null, "only its hash was checked"],
  ["private", null, "only its seal was checked"],
  ["private", false, "NOT the proven model"],
] as const)("a %s model whose check says %s: %s", async (visibility, isPassed, words) => {
  expect(await badgeOf(visibility, isPassed)).toBe(words);
});
