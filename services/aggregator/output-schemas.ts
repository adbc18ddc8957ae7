import { z } from "zod";
import { examinationSchema } from "../command-line/diagnosis.ts";
import { event, type OutputSchemas } from "../command-line/output-values.ts";

/** What the commands of an aggregator write with `--json`. */
export const outputSchemas: OutputSchemas = {
  "aggregator doctor": { result: examinationSchema },
  "aggregator run": {
    events: event,
    result: z.strictObject({ type: z.literal("stopped"), url: z.string() }),
  },
};
