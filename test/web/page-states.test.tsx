// @vitest-environment happy-dom
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { act } from "react";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { MarketAddresses } from "../../services/adapters/chain/addresses.ts";
import { App } from "../../web/app.tsx";
import { storeSettings } from "../../web/settings.ts";
import { type Rendered, render } from "./render.tsx";

const CLOSED = "http://127.0.0.1:1";
let market: ChildProcessByStdio<Writable, Readable, null>;
let rpcUrl: string;
let addresses: MarketAddresses;
let page: Rendered;

beforeAll(async () => {
  market = spawn(process.execPath, [join(import.meta.dirname, "empty-market-process.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(market.stdout, "data")) as [Buffer];
  ({ rpcUrl, addresses } = JSON.parse(String(line)));
});
afterEach(async () => {
  await page.close();
  vi.unstubAllGlobals();
  localStorage.clear();
  window.location.hash = "";
});
afterAll(async () => {
  market.stdin.end();
  await once(market, "exit");
});

/** What the page's server answers when it is asked for its market. */
const serve = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", answer);
const serveMarket = (node = rpcUrl) =>
  serve(async () => Response.json({ rpcUrl: node, addresses }));
const open = async (hash: string) => {
  window.location.hash = hash;
  page = await render(<App />);
};
const alertText = () => page.container.querySelector("[role=alert]")?.textContent;

describe("before there is a market", () => {
  test("says that it is reading, to eyes and to screen readers", async () => {
    serve(() => new Promise(() => {}));
    await open("#/");

    expect(page.container.querySelector("[role=status]")?.textContent).toBe("Reading the market…");
    expect(await page.axe()).toEqual([]);
  });

  test("a server that names no market is said with the way out, and asked again on demand", async () => {
    serve(() => Promise.reject(new TypeError("fetch failed")));
    await open("#/");
    await page.shows(/CW7000/);
    expect(alertText()).toMatch(/knows no market.*in Settings.*Try again/);
    expect(await page.axe()).toEqual([]);

    serveMarket();
    await page.click("Try again");
    await page.shows(/Nobody has posted a project yet/);
  });

  test("a node that does not answer is named by its address", async () => {
    serveMarket(CLOSED);
    await open("#/");

    await page.shows(/CW7004/);
    expect(alertText()).toMatch(
      /The node at http:\/\/127\.0\.0\.1:1 does not answer.*Open Settings/,
    );
    expect(page.container.querySelector("[role=alert] a[href='#/settings']")).not.toBeNull();
  });

  test("Settings can be filled in without a market, and say what is wrong at each field", async () => {
    serve(() => Promise.reject(new TypeError("fetch failed")));
    await open("#/settings");
    await page.shows(/RPC address/);

    expect(page.button("Save").disabled).toBe(true);
    expect(page.field("Market contract").getAttribute("aria-invalid")).toBe("true");
    expect(await page.axe()).toEqual([]);

    await page.fill("RPC address", rpcUrl);
    await page.fill("Market contract", addresses.market);
    await page.fill("IPFS gateway", "http://127.0.0.1:2");
    expect(page.button("Save").disabled).toBe(false);
    await page.click("Save");
    await act(async () => {
      window.location.hash = "#/";
      window.dispatchEvent(new Event("hashchange"));
    });
    await page.shows(/Nobody has posted a project yet/);
  });
});

describe("in a market without projects", () => {
  test("the list says so, and how to begin", async () => {
    serveMarket();
    await open("#/");

    await page.shows(/Nobody has posted a project yet/);
    expect(page.container.querySelector("main a[href='#/post']")).not.toBeNull();
    expect(page.text()).toContain("Development key");
    expect(await page.axe()).toEqual([]);
  });

  test.each(["#/project/7", "#/project/7/round/0"])(
    "%s says in words that there is no such project",
    async (hash) => {
      serveMarket();
      await open(hash);

      await page.shows(/CW\d{4}/);
      expect(alertText()).toMatch(/project/i);
      expect(await page.axe()).toEqual([]);
    },
  );

  test("going to another page names it, and takes keyboard and screen reader along", async () => {
    serveMarket();
    await open("#/");
    await page.shows(/Nobody has posted a project yet/);
    expect(document.title).toBe("Projects – Commonweight");
    expect(document.activeElement).toBe(document.body);

    await act(async () => {
      window.location.hash = "#/project/7/audit";
      window.dispatchEvent(new Event("hashchange"));
    });
    await page.shows(/What this audit does not check/);
    expect(document.title).toBe("Verify project 7 – Commonweight");
    expect(document.activeElement?.tagName).toBe("MAIN");
    expect(page.container.querySelector("nav [aria-current=page]")).toBeNull();
  });

  test("an address that is no page leads back", async () => {
    serveMarket();
    await open("#/nothing/here");

    await page.shows(/There is no such page.*See all projects/);
  });

  test("the audit says what it does not check before it has begun", async () => {
    serveMarket();
    await open("#/project/7/audit");

    await page.shows(/What this audit does not check/);
    expect(await page.axe()).toEqual([]);
  });

  test("posting says that no aggregator is registered and no wallet is here, and what to do", async () => {
    serveMarket();
    await open("#/post");

    await page.shows(/None is registered here/);
    expect(page.text()).toMatch(/No wallet in this browser.*commonweight owner post/);
    expect(await page.axe()).toEqual([]);
  });

  test("posting keeps what was typed when the page is closed and opened again", async () => {
    storeSettings({
      ...{ rpcUrl, market: addresses.market, deployBlock: 0 },
      gateway: "http://127.0.0.1:2",
    });
    serve(() => Promise.reject(new TypeError("fetch failed")));
    await open("#/post");
    await page.shows(/None is registered here/);
    await page.fill("Title", "Irises");
    await page.close();

    await open("#/post");
    await page.shows(/What is learned/);
    expect(page.field("Title").value).toBe("Irises");
  });
});
