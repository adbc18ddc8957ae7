import { join } from "node:path";
import { chromium } from "playwright-core";
import type { RecordedMarket } from "./record-market.ts";
import { terminalPage } from "./terminal-page.ts";

const SIZE = { width: 1180, height: 860 };

/**
 * Takes the pictures of the README: the live view, and a project's page in both schemes.
 *
 * @returns Paths of the PNG files.
 */
export async function takePictures(
  { market, frame }: RecordedMarket,
  options: { folder: string; executablePath: string },
): Promise<string[]> {
  const { folder, executablePath } = options;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const terminal = await browser.newPage({ viewport: SIZE });
    await terminal.setContent(terminalPage(frame, 110));
    const paths = [join(folder, "live-view.png")];
    await terminal.locator("main").screenshot({ path: paths[0] as string });
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme });
      await page.goto(`${market.webUrl}/#/project/${market.projectId}`);
      // What comes last: signatures of the referee's claims are checked here.
      await page.getByText("Accuracy by model").first().waitFor();
      await page.waitForLoadState("networkidle");
      await page.evaluate(() => document.fonts.ready);
      const path = join(folder, `page-${colorScheme}.png`);
      await page.screenshot({ path, animations: "disabled" });
      paths.push(path);
    }
    return paths;
  } finally {
    await browser.close();
  }
}
