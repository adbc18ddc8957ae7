import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditReportSchema } from "../../services/auditor/report/audit-report.ts";
import { examineLook, LOOKS, noteFailures } from "./examine-look.ts";
import { changedEvent, changedSettlement, changedVaultEvent } from "./tamper.ts";

const EXECUTABLE = process.env.CW_CHROMIUM ?? "/usr/bin/chromium";
/** The development account of the market's first trainer. */
const FIRST_TRAINER = "0xBcd4042DE499D14e55001CcbB24a551F3b954096";
const root = fileURLToPath(new URL("../..", import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.runIf(process.env.CW_LONG && existsSync(EXECUTABLE))("the page over a real market", () => {
  let url = process.env.CW_WEB_URL ?? "";
  let folder = "";
  let market: ChildProcess | undefined;
  let browser: Browser;

  beforeAll(async () => {
    if (url === "") {
      folder = await mkdtemp(join(tmpdir(), "web-market-"));
      // A page that was built before the last change would be tested in place of this one.
      execFileSync(process.execPath, ["scripts/web/build.ts"], { cwd: root, stdio: "ignore" });
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const plan = "--rounds 2 --model logistic --slots 8 --trainers 5 --samples 2000 --no-crash";
      const args = ["services/main.ts", "up", ...plan.split(" ")];
      market = spawn(process.execPath, [...args, "--port", String(port), "--state", folder], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      });
      await new Promise<void>((resolve, reject) => {
        let text = "";
        const hear = (chunk: Buffer) => {
          text += chunk;
          if (text.includes("The market stays up")) resolve();
        };
        market?.stdout?.on("data", hear);
        market?.stderr?.on("data", hear);
        market?.once("exit", (code) => reject(new Error(`market ended with ${code}:\n${text}`)));
      });
    }
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    if (market?.exitCode === null) {
      const ended = new Promise((resolve) => market?.once("exit", resolve));
      market.kill("SIGINT");
      await ended;
    }
    if (folder !== "") await rm(folder, { recursive: true, force: true });
  });

  async function audit(tamper?: { url: RegExp | string; with: (route: Route) => Promise<void> }) {
    const page = await browser.newPage();
    if (tamper) await page.route(tamper.url, tamper.with);
    await page.goto(`${url}/#/project/1/audit`);
    await page.getByRole("button", { name: "Verify this project" }).click();
    await page.waitForSelector("[data-verdict]", { timeout: 60_000 });
    const results = await page.locator("[data-check]").evaluateAll((rows) =>
      rows.map((row) => ({
        name: row.getAttribute("data-check") ?? "",
        result: row.querySelector("[data-result]")?.getAttribute("data-result") ?? "",
      })),
    );
    const verdict = await page.locator("[data-verdict]").getAttribute("data-verdict");
    await page.close();
    const failed = results.filter(({ result }) => result === "FAILED").map(({ name }) => name);
    return { results, failed, verdict };
  }

  test("an honest project passes every check, and none is left out", async () => {
    const { results, failed, verdict } = await audit();
    expect(failed).toEqual([]);
    expect(verdict).toBe("passed");
    expect(results.length).toBeGreaterThanOrEqual(22);
    expect(results.filter(({ result }) => result !== "passed")).toEqual([
      { name: "proving key", result: "not done" },
    ]);
  });

  const isRpc = /^http:\/\/127\.0\.0\.1:\d+\/$/;
  const set =
    (name: string, change: (value: never) => unknown) => (values: unknown[], names: string[]) => {
      const place = names.indexOf(name);
      values[place] = change(values[place] as never);
    };
  const generator = () => [1n, 2n];
  const gramOf = (request: unknown[]) => (request[10] as unknown[])[0] as bigint[];
  test.each<[string, string, (route: Route) => Promise<void>]>([
    [
      "a Gram proof with another mu",
      "Gram proof",
      changedSettlement((request) => {
        const gram = gramOf(request);
        gram[4] = (gram[4] as bigint) - 1n;
      }),
    ],
    [
      "a rule proof of another round",
      "rule proof",
      changedSettlement((request) => {
        const groth16 = request[10].at(-1) as bigint[];
        groth16[0] = 1n;
        groth16[1] = 2n;
      }),
    ],
    [
      "an announced share that was not proven",
      "rule proof",
      changedEvent(
        "RoundSettled",
        set("outcomeWords", ([first]: bigint[]) => [(first as bigint) ^ 1n]),
      ),
    ],
    [
      "a payment that is one wei too high",
      "payouts",
      changedEvent(
        "RoundSettled",
        set("credits", ([first, ...rest]: bigint[]) => [(first as bigint) + 1n, ...rest]),
      ),
    ],
    [
      "an update that was swapped",
      "submissions",
      changedEvent(
        "UpdatesSubmitted",
        // The first one's hash, behind `0x` and 20 bytes of its trainer.
        set(
          "updates",
          (updates: string) => `${updates.slice(0, 42)}${"cc".repeat(32)}${updates.slice(106)}`,
        ),
      ),
    ],
    [
      "a model that does not follow",
      "model",
      changedEvent("ModelPublished", set("commitment", generator)),
    ],
  ])(
    "%s is caught and named",
    async (_, check, tamper) => {
      const { failed, verdict } = await audit({ url: isRpc, with: tamper });
      expect(verdict).toBe("failed");
      expect(failed).toContain(check);
    },
    90_000,
  );

  test("a gateway that changes a byte is caught and named", async () => {
    const { failed, results } = await audit({
      url: /\/ipfs\//,
      with: async (route) => {
        const response = await route.fetch();
        const body = await response.body();
        body[body.length - 1] = (body.at(-1) as number) ^ 1;
        await route.fulfill({ response, body });
      },
    });
    const models = results.map(({ name }) => name).filter((name) => name.startsWith("model file"));
    expect(models.length).toBeGreaterThanOrEqual(3);
    expect(failed).toEqual(models);
  });

  test("the report is the command line's, but for the file that only it can check", async () => {
    const page = await browser.newPage();
    await page.goto(`${url}/#/project/1/audit`);
    await page.getByRole("button", { name: "Verify this project" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the report as JSON" }).click({ timeout: 60_000 });
    const read = async (path: string) =>
      auditReportSchema.parse(JSON.parse(await readFile(path, "utf8")));
    const here = await read(await (await saved).path());
    const path = join(await mkdtemp(join(tmpdir(), "report-")), "report.json");
    const state = process.env.CW_WEB_STATE ?? folder;
    const args = ["services/main.ts", "audit", "1", "--report", path, "--state", state];
    execFileSync(process.execPath, args, { cwd: root, stdio: "ignore" });
    const there = await read(path);
    const others = ({ checks }: typeof here) => checks.filter(({ name }) => name !== "proving key");

    expect(others(here)).toEqual(others(there));
    // The chain went on between the two audits, and the project did not.
    const rest = { checks: [], counts: {}, readAt: {} };
    expect({ ...here, ...rest }).toEqual({ ...there, ...rest });
    expect(here.counts.failed + here.counts.notChecked - there.counts.notChecked).toBe(1);
    await page.close();
  }, 180_000);

  const openPage = async (hash: string) => {
    const page = await browser.newPage();
    return Object.assign(page, { show: () => page.goto(`${url}/#/${hash}`) });
  };

  test("a project's claims are shown as claims, and its money is accounted for to the wei", async () => {
    const page = await openPage("project/1");
    await page.show();

    // The referee measures the last model after the project has ended.
    const isComplete = async () => {
      await page.reload();
      const claims = await page.locator("[data-claims]").getAttribute("data-claims");
      return Number(claims) - (await page.locator("[data-model]").count());
    };
    await expect.poll(isComplete, { timeout: 30_000, interval: 1000 }).toBe(0);
    expect(await page.getByText("the owner’s claim, not proven").count()).toBe(1);
    expect(await page.locator("[data-escrow]").getAttribute("data-escrow")).toBe("balanced");
    expect(await page.locator("[data-trainer]").count()).toBe(5);
    expect(await page.locator("[data-payees]").getAttribute("data-payees")).toBe("paid");
    expect(await page.locator("[data-cell]").count()).toBe(10);
    expect(await page.locator("[data-step]").count()).toBe(3);
    await page.close();
  });

  test("a chart is read with the arrow keys", async () => {
    const page = await openPage("project/1");
    await page.show();
    const cursor = page.getByRole("slider", { name: /proven share/ });

    await cursor.focus();
    await page.keyboard.press("ArrowRight");

    expect(await cursor.getAttribute("aria-valuetext")).toMatch(/^Round 1: 0x.+ %/);
    await page.close();
  });

  test("a server that improves a claim is caught, and the claim is not drawn", async () => {
    const page = await openPage("project/1");
    await page.route(/\/evaluations$/, async (route) => {
      const response = await route.fetch();
      const told = (await response.json()) as { evaluations: { accuracyMillionths: number }[] };
      for (const each of told.evaluations) each.accuracyMillionths = 999_000;
      await route.fulfill({ response, body: JSON.stringify(told) });
    });
    await page.show();

    await page.getByText("the referee did not sign it").first().waitFor();
    expect(await page.locator("[data-claims]").getAttribute("data-claims")).toBe("0");
    expect(await page.getByText("99.9 %").count()).toBe(0);
    await page.close();
  });

  test("a payment that the vault did not make unbalances the books", async () => {
    const page = await openPage("project/1");
    await page.route(
      isRpc,
      changedVaultEvent(
        "Paid",
        set("amountWei", (wei: bigint) => wei + 1n),
      ),
    );
    await page.show();

    await page.waitForSelector("[data-escrow=unbalanced]");
    await page.close();
  });

  test.each([
    ["the proven model is recognised", false, "true"],
    ["another file is not", true, "false"],
  ])(
    "in the lineage %s",
    async (_, isTampered, result) => {
      const page = await openPage("project/1");
      await page.route(/\/ipfs\//, async (route) => {
        const response = await route.fetch();
        const body = await response.body();
        if (isTampered) body[0] = (body[0] as number) ^ 1;
        await route.fulfill({ response, body });
      });
      await page.show();

      await page.getByRole("button", { name: "Download and check model 2" }).click();

      const mark = page.locator("[data-model='2'] [data-result]");
      await mark.waitFor({ timeout: 30_000 });
      expect(await mark.getAttribute("data-result")).toBe(result);
      await page.close();
    },
    60_000,
  );

  test("a round says why each update was taken or not, and what is proven of its similarity", async () => {
    const page = await openPage("project/1/round/1");
    await page.show();

    await page.waitForSelector("[data-round=settled]");
    const verdicts = page.locator("[data-verdict]");
    expect(await verdicts.count()).toBe(5);
    for (const row of await verdicts.all())
      expect(await row.textContent()).toMatch(/even part|the update/);
    expect(await page.locator("[data-gram=hidden]").count()).toBe(1);
    expect(await page.locator("[data-proven=accepted] [data-fact=for]").count()).toBeGreaterThan(8);
    expect(await page.locator("[data-proven=stale-copy] [data-fact=against]").count()).toBe(1);
    await page.close();
  });

  test("a trainer's statement lists every round with its reason, and what was transferred", async () => {
    const page = await openPage("project/1");
    await page.show();
    await page.locator("[data-trainer] a").first().click();

    await page.waitForSelector("[data-statement]");
    expect(await page.locator("[data-statement]").count()).toBeGreaterThanOrEqual(2);
    expect(await page.getByText("transferred", { exact: true }).count()).toBeGreaterThan(0);
    await page.getByRole("slider", { name: /^Reliability after each round/ }).waitFor();
    await page.close();
  });

  test.each(LOOKS)(
    "%s at %i pixels: nothing for axe to find, nothing overflows",
    async (scheme, width) => {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width, height: 800 },
      });
      const page = await context.newPage();
      const failures = noteFailures(page);
      for (const hash of [
        "#/",
        "#/project/1",
        "#/project/1/round/0",
        `#/project/1/trainer/${FIRST_TRAINER}`,
        "#/project/1/audit",
        "#/settings",
      ]) {
        await page.goto(`${url}/${hash}`);
        await page.waitForSelector("h1");
        await page.locator("[role=status]").first().waitFor({ state: "detached" });
        failures.push(...(await examineLook(page)).map((each) => `${hash} ${each}`));
      }
      expect(failures).toEqual([]);
      await context.close();
    },
    90_000,
  );
});
