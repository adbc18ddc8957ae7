import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { countProjects, readProject } from "../../services/adapters/chain/projects/project.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readNativeBalance } from "../../services/adapters/chain/tokens/token.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { getManifest } from "../../services/adapters/dag-json/manifest-store.ts";
import { cropsTable } from "../owner/crops-table.ts";
import { examineLook, LOOKS, noteFailures } from "./examine-look.ts";
import { type PostingMarket, startPostingMarket } from "./posting-market.ts";
import { addTestWallet, type TestWalletState } from "./test-wallet.ts";

const EXECUTABLE = process.env.CW_CHROMIUM ?? "/usr/bin/chromium";
const ETHER = 10n ** 18n;

describe.runIf(process.env.CW_LONG && existsSync(EXECUTABLE))("posting a project", () => {
  let market: PostingMarket;
  let browser: Browser;

  beforeAll(async () => {
    // A page that was built before the last change would be tested in place of this one.
    execFileSync(process.execPath, ["scripts/web/build.ts"], {
      cwd: repositoryRoot,
      stdio: "ignore",
    });
    market = await startPostingMarket();
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await market?.stop();
  });

  async function openPage(wallet: { account?: string; chainId?: string } = {}): Promise<Page> {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    await addTestWallet(page, {
      rpcUrl: market.rpcUrl,
      account: wallet.account ?? market.owner,
      chainId: wallet.chainId ?? "0x7a69",
    });
    await page.goto(`${market.url}/#/post`);
    await page.getByRole("heading", { name: "Post a project", level: 1 }).waitFor();
    return page;
  }

  /** Fills in what has no default. */
  async function fill(page: Page, title: string): Promise<void> {
    await page.getByLabel("Title", { exact: true }).fill(title);
    await page.getByLabel("Numbers in a sample").fill("16");
    await page.getByLabel("Classes", { exact: true }).fill("setosa, versicolor, virginica");
    await page.getByLabel("Budget of a round").fill("2");
    await page.getByLabel("Rounds", { exact: true }).fill("5");
    await page.locator(`[data-aggregator="${market.aggregator}"] input`).check();
    await page.locator("[data-escrow]").waitFor();
  }

  /** Waits for the receipt; a refusal on the way is the test's failure, in its own words. */
  async function posted(page: Page): Promise<string> {
    const failure = page.locator("ol:has([data-state=failed]) + [role=alert]");
    await page.locator("[data-posted]").or(failure).first().waitFor({ timeout: 30_000 });
    if ((await failure.count()) > 0)
      throw new RangeError((await failure.first().textContent()) ?? "failed");
    return (await page.locator("[data-posted]").getAttribute("data-posted")) as string;
  }

  const connect = (page: Page) => page.getByRole("button", { name: "Test wallet" }).click();
  const post = (page: Page) =>
    page.getByRole("button", { name: /^(Post this project|Try again)$/ }).click();
  const wallet = (page: Page, change: Partial<TestWalletState>) =>
    page.evaluate((part) => {
      Object.assign((window as unknown as { testWallet: object }).testWallet, part);
    }, change);
  const stepState = (page: Page, name: string) =>
    page.locator(`[data-step=${name}]`).getAttribute("data-state");

  test("the project is on chain with the terms of the form, the money in escrow, the files with the aggregator", async () => {
    const coinsBefore = await readNativeBalance(market.chain, market.owner);
    const page = await openPage();
    await fill(page, "Irises");
    await connect(page);
    await page.locator("[data-quote]").waitFor();
    await post(page);
    const projectId = BigInt(await posted(page));
    await page.locator("[data-step=upload][data-state=done]").waitFor({ timeout: 30_000 });

    const project = await readProject(market.chain, projectId);
    expect(project.owner).toBe(market.owner);
    expect(project.terms.budgetPerRoundWei).toBe(2n * ETHER);
    expect(project.terms.rounds).toBe(5);
    expect(project.terms.aggregators).toEqual([market.aggregator]);
    expect(project.terms.referee).toBe(market.owner);
    // The escrow left the owner's account, and gas; what is in the vault may hold the aggregator's bond already.
    const spentWei = coinsBefore - (await readNativeBalance(market.chain, market.owner));
    const escrowWei = 10n * ETHER + (8n * ETHER) / 100n;
    expect(spentWei).toBeGreaterThan(escrowWei);
    expect(spentWei).toBeLessThan(escrowWei + ETHER / 100n);
    expect(project.escrowWei).toBeGreaterThanOrEqual(escrowWei);
    const { manifestCid } = await readPosting(market.chain, projectId);
    const manifest = await getManifest(createGatewayStore({ urls: [market.url] }), manifestCid);
    expect(manifest.title).toBe("Irises");
    expect(await stepState(page, "permit")).toBe("done");
    expect(await stepState(page, "approve")).toBe("not-needed");

    await page.getByRole("button", { name: "Post another" }).click();
    await page.locator("[data-posted]").waitFor({ state: "detached" });
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("");
    expect(await page.getByRole("button", { name: "Post this project" }).isEnabled()).toBe(true);
    await page.getByRole("link", { name: "Projects", exact: true }).click();
    await page.getByLabel("Search").fill("irises");
    await page.getByRole("link", { name: "Irises", exact: true }).waitFor();
    expect(await page.locator("[data-project]").count()).toBe(1);
    await page.context().close();
  });

  test("can be done by keyboard alone, in the order of the page", async () => {
    const page = await openPage();
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement | null;
        return element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
      });
    /** Presses Tab until the focus is there; a label that is never reached fails by its name. */
    const tabTo = async (label: RegExp, key = "Tab") => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press(key);
        if (label.test(await focused())) return;
      }
      throw new RangeError(`${label} is not reached by ${key}`);
    };
    await page.locator(`[data-aggregator="${market.aggregator}"]`).waitFor();

    await tabTo(/^Post this project$/);
    await page.keyboard.press("Enter");
    // Takes whoever pressed it to the first field that is wrong.
    await page.waitForFunction(
      () => document.activeElement?.getAttribute("data-field") === "title",
    );
    await page.keyboard.type("By keyboard");
    await tabTo(/^Numbers in a sample/);
    await page.keyboard.type("16");
    await tabTo(/^Classes/);
    await page.keyboard.type("one, other, third");
    await tabTo(/^Budget of a round/);
    await page.keyboard.press("Control+A");
    await page.keyboard.type("2");
    await tabTo(/^0x[0-9a-fA-F]{4}….{4}/);
    await page.keyboard.press("Space");
    await page.locator("[data-escrow]").waitFor();
    await tabTo(/^Test wallet$/);
    await page.keyboard.press("Enter");
    await page.locator("[data-quote]").waitFor();
    await tabTo(/^Post this project$/);
    await page.keyboard.press("Enter");

    const projectId = BigInt(await posted(page));
    expect((await readProject(market.chain, projectId)).owner).toBe(market.owner);
    await tabTo(/^Look at it as everybody sees it$/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Terms" }).waitFor();
    await page.context().close();
  });

  test("a private project: a key to keep, one more transaction, and files that survive a closed page", async () => {
    const page = await openPage({ account: market.others[0] as string });
    await fill(page, "Private irises");
    await page.getByLabel("Who may read the models").selectOption("private");
    await connect(page);
    await page.locator("[data-owner-key=missing]").waitFor();
    await post(page);
    expect(await page.locator("[data-step]").count()).toBe(0);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Make and save encryption-key.json" }).click();
    const saved = readFileSync(await (await saving).path(), "utf8");
    expect(JSON.parse(saved).privateKey).toMatch(/^[0-9a-f]{64}$/);
    // The aggregator is away when its turn comes, and the page is closed.
    let isAway = true;
    await page
      .context()
      .route(/\/v1\/projects\/.*\/files\//, (route) => (isAway ? route.abort() : route.continue()));
    await post(page);
    await page.locator("[data-posted]").waitFor({ timeout: 30_000 });
    await page.locator("[data-step=upload][data-state=failed]").waitFor({ timeout: 30_000 });
    expect(await stepState(page, "register")).toBe("done");
    isAway = false;
    await page.reload();
    await page.locator("[data-sent]").waitFor();
    await connect(page);
    await page.getByRole("button", { name: "Look for its receipt" }).click();
    await page.locator("[data-posted]").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Hand the files over again" }).click();
    await page.locator("[data-step=upload][data-state=done]").waitFor({ timeout: 30_000 });
    expect(await page.getByText("--state <folder>").count()).toBe(1);
    await page.context().close();
  });

  test("what is declined in the wallet is said, sends nothing, and loses no entry", async () => {
    const before = await countProjects(market.chain);
    const page = await openPage();
    await fill(page, "Declined");
    await connect(page);
    await wallet(page, { declines: ["eth_signTypedData_v4"] });
    await post(page);
    await page.getByText("You declined in the wallet").waitFor({ timeout: 30_000 });
    expect(await page.locator("[data-posted]").count()).toBe(0);
    expect(await stepState(page, "permit")).toBe("failed");

    await page.reload();
    await page.getByLabel("Title", { exact: true }).waitFor();
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Declined");
    expect(await page.getByLabel("Budget of a round").inputValue()).toBe("2");
    expect(await countProjects(market.chain)).toBe(before);

    await connect(page);
    await post(page);
    await posted(page);
    // Wrapped before the reload; it is not wrapped twice.
    expect(await stepState(page, "wrap")).toBe("not-needed");
    expect(await countProjects(market.chain)).toBe(before + 1);
    await page.context().close();
  });

  test("a wallet on another network is named with both numbers, asked to switch, and sent nothing", async () => {
    const page = await openPage({ chainId: "0x1" });
    await fill(page, "Elsewhere");
    await connect(page);
    const alert = page.locator("[data-wallet=wrong-network]");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/chain 1, this market on chain 31337/);
    await post(page);
    expect(await page.locator("[data-step]").count()).toBe(0);
    await page.getByRole("button", { name: "Switch to chain 31337" }).click();
    await alert.waitFor({ state: "detached" });
    await page.locator("[data-quote]").waitFor();
    const asked = await page.evaluate(
      () => (window as unknown as { testWallet: TestWalletState }).testWallet.asked,
    );
    expect(asked).not.toContain("eth_sendTransaction");
    await page.context().close();
  });

  test("an account that cannot pay is told so before anything is signed", async () => {
    const page = await openPage({ account: "0x00000000000000000000000000000000000000AA" });
    await fill(page, "Poor");
    await connect(page);
    await page.getByText("CW4015").waitFor();
    await post(page);
    await page.locator("[data-step=prepare][data-state=failed]").waitFor({ timeout: 30_000 });
    const asked = await page.evaluate(
      () => (window as unknown as { testWallet: TestWalletState }).testWallet.asked,
    );
    expect(asked).not.toContain("eth_signTypedData_v4");
    expect(asked).not.toContain("eth_sendTransaction");
    await page.context().close();
  });

  test("says nothing of success before the receipt, and finds a posting again after a reload", async () => {
    const page = await openPage();
    await fill(page, "Slow block");
    await connect(page);
    let isHeld = false;
    await page.route(`${market.rpcUrl}/`, async (route) => {
      const body = route.request().postData() ?? "";
      if (isHeld && body.includes("eth_getTransactionReceipt")) {
        const calls = [JSON.parse(body)].flat() as { id: number }[];
        const answers = calls.map(({ id }) => ({ jsonrpc: "2.0", id, result: null }));
        return route.fulfill({ json: body.startsWith("[") ? answers : answers[0] });
      }
      if (
        body.includes("eth_sendTransaction") &&
        body.includes(market.chain.addresses.market.toLowerCase())
      )
        isHeld = true;
      if (body.includes("eth_sendTransaction") && body.includes(market.chain.addresses.market))
        isHeld = true;
      return route.continue();
    });
    await post(page);
    await page.locator("[data-step=post][data-state=sent]").waitFor({ timeout: 30_000 });
    expect(isHeld).toBe(true);
    await page.waitForTimeout(2500);
    expect(await stepState(page, "post")).toBe("sent");
    expect(await page.locator("[data-posted]").count()).toBe(0);

    await page.reload();
    await page.locator("[data-sent]").waitFor();
    await fill(page, "Slow block");
    await connect(page);
    await post(page);
    expect(await page.locator("[data-step]").count()).toBe(0);
    isHeld = false;
    await page.getByRole("button", { name: "Look for its receipt" }).click();
    await page.locator("[data-posted]").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Hand the files over again" }).click();
    await page.locator("[data-step=upload][data-state=done]").waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  test("a rule that cannot work at this size is refused with the numbers", async () => {
    const page = await openPage();
    await page.getByLabel("Rule", { exact: true }).selectOption("multi-krum");
    await page.getByLabel("Malicious trainers to withstand").fill("2");
    const refusal = page.locator("[data-refusal=rule]");
    await refusal.waitFor();
    expect(await refusal.textContent()).toMatch(/f = 2 .* at least 2f \+ 3 = 7/);
    await page.context().close();
  });

  test("a rehearsal measures a table in a worker, removes the attacker, and asks nobody outside", async () => {
    const page = await openPage();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await page.locator("input[type=file][accept*=csv]").setInputFiles({
      ...{ name: "crops.csv", mimeType: "text/csv", buffer: Buffer.from(cropsTable(300)) },
    });
    await page.locator("[data-table='300']").waitFor();
    await page.getByLabel("Title", { exact: true }).fill("Grades of crops");
    expect(requested.filter((url) => url.includes("rehearsal-worker"))).toHaveLength(1);

    await page.getByRole("button", { name: "Rehearse", exact: true }).click();
    await page.locator("[data-rehearsal=held]").waitFor({ timeout: 60_000 });

    expect(await page.locator("[data-rehearsed]").count()).toBe(10);
    expect(await page.locator("[data-rehearsed='9'] td").allTextContents()).toEqual([
      ...["9", expect.stringMatching(/^([6-9]\d|100)\.\d %$/), "4 of 4", "0 of 1", "0.0 %"],
    ]);
    const clipNorm = await page.locator("[data-measured]").getAttribute("data-measured");
    expect(await page.locator("[data-field=clipNorm]").inputValue()).toBe(clipNorm);
    expect(Number(clipNorm)).not.toBe(10);
    await page.getByRole("button", { name: "Try every attack with one attacker" }).click();
    await page.locator("[data-surveyed]").waitFor({ timeout: 60_000 });
    expect(await page.locator("[data-tried]").count()).toBeGreaterThan(15);
    expect(await page.locator("[data-tried=sign-flip]").getAttribute("data-held")).toBe("true");
    const known = [market.url, market.rpcUrl];
    const outside = requested.filter((url) => !known.some((each) => url.startsWith(each)));
    expect(outside).toEqual([]);
    await page.context().close();
  });

  test("a rehearsal can be cancelled, and says how far it came", async () => {
    const page = await openPage();
    await fill(page, "Cancelled");
    await page.getByLabel("Rounds to rehearse").selectOption("20");
    await page.getByLabel("Samples of a trainer").fill("500");
    await page.getByRole("button", { name: "Rehearse", exact: true }).click();
    await page.locator("[data-rehearsed='0']").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.locator("[data-rehearsal-state=cancelled]").waitFor();
    const rounds = await page.locator("[data-rehearsed]").count();
    await page.waitForTimeout(1000);

    expect(await page.locator("[data-rehearsed]").count()).toBe(rounds);
    expect(rounds).toBeLessThan(20);
    expect(await page.locator("[data-rehearsal]").count()).toBe(0);
    await page.context().close();
  });

  test.each(LOOKS)(
    "%s at %i pixels: nothing for axe to find, nothing overflows",
    async (scheme, width) => {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width, height: 900 },
      });
      const page = await context.newPage();
      const failures = noteFailures(page);
      await addTestWallet(page, {
        ...{ rpcUrl: market.rpcUrl, account: market.owner, chainId: "0x1" },
      });
      await page.goto(`${market.url}/#/post`);
      await page.locator(`[data-aggregator="${market.aggregator}"]`).waitFor();
      for (const isFilled of [false, true]) {
        if (isFilled) await fill(page, "Irises of the world");
        if (isFilled) await connect(page);
        if (isFilled) {
          await page.getByRole("button", { name: "Rehearse", exact: true }).click();
          await page.locator("[data-rehearsal]").waitFor({ timeout: 60_000 });
        }
        failures.push(...(await examineLook(page)));
        const folder = process.env.CW_SCREENSHOTS;
        if (folder !== undefined) {
          const path = `${folder}/post-${scheme}-${width}-${isFilled ? "filled" : "empty"}.png`;
          await page.screenshot({ path, fullPage: true });
        }
      }
      expect(failures).toEqual([]);
      await context.close();
    },
    60_000,
  );
});
