/**
 * `npm run licences [-- --json]`: the licences of everything that the lock file locks, what runs with the product and what only builds
 * or tests it, and the packages that bring an install script (none is run).
 */
import { isCompatible, readLicences } from "./licences/read-licences.ts";

const packages = readLicences();
if (process.argv.includes("--json")) {
  process.stdout.write(`${JSON.stringify(packages, null, 2)}\n`);
} else {
  const licences = [...new Set(packages.map(({ licence }) => licence))];
  const count = (licence: string, isDevelopmentOnly: boolean) =>
    packages.filter(
      (each) => each.licence === licence && each.isDevelopmentOnly === isDevelopmentOnly,
    ).length;
  const rows = licences
    .map((licence) => ({ licence, product: count(licence, false), tools: count(licence, true) }))
    .sort((one, other) => other.product + other.tools - (one.product + one.tools));
  process.stdout.write("in the product   tools only   licence\n");
  for (const { licence, product, tools } of rows) {
    const mark = isCompatible(licence) ? "" : "   NOT COMPATIBLE with GPL-3.0-only";
    const columns = `${String(product).padStart(14)}${String(tools).padStart(13)}`;
    process.stdout.write(`${columns}   ${licence}${mark}\n`);
  }
  const scripts = packages.filter(({ hasInstallScript }) => hasInstallScript);
  process.stdout.write(
    `${packages.length} packages; with an install script, which is not run: ${scripts.map(({ name }) => name).join(", ")}\n`,
  );
}
process.exitCode = packages.every(({ licence }) => isCompatible(licence)) ? 0 : 1;
