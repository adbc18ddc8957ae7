// @vitest-environment happy-dom
import { act } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useAudit } from "../../web/audit/use-audit.ts";
import type { RehearsalMessage, RehearsalRequest } from "../../web/rehearsal/rehearsal-messages.ts";
import { startRehearsalWorker } from "../../web/rehearsal/start-worker.ts";
import type { WebSettings } from "../../web/settings.ts";
import { type Rendered, render } from "./render.tsx";

/** Workers that were started; one whose program cannot be fetched says no more than that. */
const started: { onerror?: (event: { message: string }) => void; terminate: () => void }[] = [];

beforeEach(() => {
  started.length = 0;
  vi.stubGlobal(
    "Worker",
    class {
      terminate = vi.fn();
      postMessage() {}
      constructor() {
        started.push(this);
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

let page: Rendered | undefined;
afterEach(() => page?.close());

function Audit() {
  const { progress, start } = useAudit({} as WebSettings, 1n);
  return (
    <>
      <button type="button" onClick={() => start()}>
        Verify
      </button>
      <p>
        {progress.state} {progress.error?.code} {progress.error?.message} {progress.error?.hint}
      </p>
    </>
  );
}

test("an audit whose worker cannot start is said with a code and a way out, and ended", async () => {
  page = await render(<Audit />);

  await page.click("Verify");
  await act(async () => started[0]?.onerror?.({ message: "" }));
  await page.shows(/failed CW7001/);

  expect(page.text()).toMatch(/no worker.*Reload the page/);
  expect(started[0]?.terminate).toHaveBeenCalled();
});

test("so is a rehearsal", () => {
  const heard: RehearsalMessage[] = [];

  startRehearsalWorker({} as RehearsalRequest, (message) => heard.push(message));
  started[0]?.onerror?.({ message: "SyntaxError" });

  expect(heard).toMatchObject([
    { type: "failed", code: "CW7002", message: expect.stringContaining("SyntaxError") },
  ]);
  expect(started[0]?.terminate).toHaveBeenCalled();
});
