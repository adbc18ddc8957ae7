import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { pageSources, recordPageSources } from "../../services/market/page-sources.ts";

/**
 * `npm run web`: builds the page into `web/dist`, and records there what it was built from. Takes seconds.
 *
 * `node scripts/web/build.ts`
 */
const root = fileURLToPath(new URL("../../", import.meta.url));
const read = new Set<string>();

const noteModules = (): Plugin => ({
  name: "note-modules",
  moduleParsed: ({ id }) => {
    read.add(id);
  },
  // The page's frame is no module of its own.
  transformIndexHtml: (_html, { filename }) => {
    read.add(filename);
  },
});

await build({
  configFile: fileURLToPath(new URL("../../web/vite.config.ts", import.meta.url)),
  logLevel: "info",
  plugins: [noteModules()],
  worker: { plugins: () => [noteModules()] },
});
recordPageSources(`${root}web/dist`, pageSources(root, read));
