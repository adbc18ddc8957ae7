// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { useNewest } from "../../web/use-newest.tsx";
import { type Rendered, render } from "./render.tsx";

let page: Rendered;
afterEach(() => page.close());

function List({ count }: { readonly count: number }) {
  const { shown, button } = useNewest(
    Array.from({ length: count }, (_, i) => i + 1),
    "rounds",
  );
  return (
    <div>
      <p>{shown.join(",")}</p>
      {button}
    </div>
  );
}

const shown = () => page.container.querySelector("p")?.textContent?.split(",").map(Number) ?? [];

test("a list that is not long is shown whole", async () => {
  page = await render(<List count={25} />);

  expect(shown()).toHaveLength(25);
  expect(page.container.querySelector("button")).toBeNull();
});

test("of a long list the newest are shown, and all on demand", async () => {
  page = await render(<List count={1200} />);
  expect([shown().length, shown()[0], shown().at(-1)]).toEqual([20, 1181, 1200]);

  await page.click("Show all 1,200 rounds");
  expect(shown()).toHaveLength(1200);

  await page.click("Show the newest 20 rounds only");
  expect(shown()).toHaveLength(20);
});
