// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { PostingProgressView } from "../../web/post/posting-progress.tsx";
import { type PostingOrder, usePosting } from "../../web/post/use-posting.ts";
import type { ConnectedWallet } from "../../web/post/wallet-section.tsx";
import { type Rendered, render } from "./render.tsx";

vi.mock("../../web/post/run-posting.ts", () => {
  throw new TypeError("Failed to fetch dynamically imported module");
});

let page: Rendered;
afterEach(() => page.close());

const chain = { chainId: 1n, addresses: { market: "0xabc" } } as Chain;
const samples = { file: "samples.csv", sizes: { root: 1, pay: 1, validation: 1 } };

function Posting({ wallet }: { wallet: ConnectedWallet }) {
  const { progress, start } = usePosting(chain);
  return (
    <>
      <button type="button" onClick={() => void start(wallet, {} as PostingOrder)}>
        Post
      </button>
      <PostingProgressView progress={progress} samples={samples} />
    </>
  );
}

test("a part of the page that cannot be fetched is no fault of the wallet, and asks it nothing", async () => {
  const request = vi.fn();
  const wallet = {
    ...{ account: "0xb2", chainId: 1n },
    wallet: { uuid: "1", name: "Test", rdns: "", provider: { request } },
  };
  page = await render(<Posting wallet={wallet} />);

  await page.click("Post");
  await page.shows(/CW7003/);

  expect(page.text()).toMatch(/could not be fetched.*Reload the page/);
  expect(page.text()).not.toContain("wallet and look");
  expect(request).not.toHaveBeenCalled();
});
