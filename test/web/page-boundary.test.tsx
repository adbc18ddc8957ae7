// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { PageBoundary } from "../../web/page-boundary.tsx";
import { type Rendered, render } from "./render.tsx";

let page: Rendered;
afterEach(async () => {
  await page.close();
  vi.restoreAllMocks();
});

function Broken(): never {
  throw new TypeError("Failed to fetch dynamically imported module");
}

test("a page that breaks says so with the way out, and leaves the rest of the screen alone", async () => {
  // React prints what a boundary caught.
  vi.spyOn(console, "error").mockImplementation(() => {});
  page = await render(
    <>
      <nav>Projects</nav>
      <PageBoundary>
        <Broken />
      </PageBoundary>
    </>,
  );

  expect(page.container.querySelector("[role=alert]")?.textContent).toMatch(
    /could not be shown: TypeError: Failed to fetch.*CW7003.*Try again/,
  );
  expect(page.text()).toContain("Projects");
});

test("a page that does not break is shown", async () => {
  page = await render(
    <PageBoundary>
      <p>Here</p>
    </PageBoundary>,
  );

  expect(page.text().trim()).toBe("Here");
});
