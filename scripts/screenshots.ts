/**
 * `npm run screenshots`: runs the market that `npm start` runs, and keeps what it showed: the transcript in docs/a-run.md, and the
 * README's pictures of the live view and of the page. Takes as long as the market, and needs Chromium (CW_CHROMIUM, or /usr/bin/chromium).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultMarketOptions } from "../services/market/market-plan.ts";
import { builtWebFolder } from "../services/market/web-folder.ts";
import { replacePart } from "./screenshots/page-part.ts";
import { recordMarket } from "./screenshots/record-market.ts";
import { shortenTranscript } from "./screenshots/shorten-transcript.ts";
import { takePictures } from "./screenshots/take-pictures.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (text: string) => process.stderr.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), "commonweight-screenshots-"));
const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());

try {
  const recorded = await recordMarket(defaultMarketOptions, {
    stateFolder: join(folder, "market"),
    port: 8600,
    webFolder: builtWebFolder(say, stopping.signal),
    signal: stopping.signal,
  });
  try {
    const pictures = await takePictures(recorded, {
      folder: join(root, "docs/images"),
      executablePath: process.env.CW_CHROMIUM ?? "/usr/bin/chromium",
    });
    const transcript = [
      "```text",
      "$ npm start -- --plain",
      ...shortenTranscript(recorded.lines),
      "",
      recorded.tables,
      "```",
    ].join("\n");
    const page = join(root, "docs/a-run.md");
    writeFileSync(page, replacePart(readFileSync(page, "utf8"), "transcript", transcript));
    say(`\nwrote ${page}, ${pictures.join(", ")}`);
  } finally {
    await recorded.market.stop();
  }
} finally {
  stopping.abort();
  rmSync(folder, { recursive: true, force: true });
}
