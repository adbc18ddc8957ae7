import { z } from "zod";
import { COMMAND_FOLDERS } from "./command-folders.ts";
import type { OutputSchemas } from "./output-values.ts";

const ownSchemas: OutputSchemas = {
  completion: { result: z.strictObject({ script: z.string() }) },
  schema: {
    result: z.strictObject({
      command: z.string(),
      result: z.record(z.string(), z.unknown()),
      events: z.record(z.string(), z.unknown()).nullable(),
    }),
  },
};

/** What every command writes with `--json`, by the words that call it. */
export async function loadOutputSchemas(): Promise<OutputSchemas> {
  const modules = await Promise.all(
    COMMAND_FOLDERS.map(async ({ folder }) => {
      const url = new URL(`../${folder}/output-schemas.ts`, import.meta.url);
      return (await import(url.href)) as { outputSchemas: OutputSchemas };
    }),
  );
  return Object.assign({}, ...modules.map(({ outputSchemas }) => outputSchemas), ownSchemas);
}

/** A schema in the notation that other languages read (JSON Schema, draft 2020-12). */
export function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { unrepresentable: "any", io: "input" });
}
