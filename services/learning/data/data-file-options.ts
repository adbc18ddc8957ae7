import type { Manifest } from "../../protocol/manifest/manifest.ts";
import type { OpenDataFilesOptions } from "./open-data-files.ts";

/** How a project wants data files to be read: everybody who brings samples reads them the same way. */
export function dataFileOptions({
  inputShape,
  classes,
  table,
}: Manifest["data"]): OpenDataFilesOptions {
  return {
    inputShape,
    classes,
    ...(table
      ? {
          targetColumn: table.target,
          columns: table.columns,
          categories: table.categories,
          missing: table.missing,
        }
      : {}),
  };
}
