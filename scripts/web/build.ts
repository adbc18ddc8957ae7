import { fileURLToPath } from "node:url";
import { build } from "vite";

/**
 * `npm run web`: builds the page into `web/dist`. Takes seconds.
 *
 * `node scripts/web/build.ts`
 */
await build({
  configFile: fileURLToPath(new URL("../../web/vite.config.ts", import.meta.url)),
  logLevel: "info",
});
