import { type G1Point, isSamePoint } from "../../services/protocol/curve.ts";
import { type Contestant, OPERATIONS, type Operation } from "./operation.ts";

/** The least CPU seconds that each program took, by its name; nothing for what it does not offer. */
export interface OperationRow {
  readonly operation: string;
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/**
 * Measures programs one after the other, again and again, so that all meet the same machine.
 *
 * @throws {Error} when two of them get different results.
 */
export async function measureOperations(
  contestants: readonly Contestant[],
  runs: number,
): Promise<OperationRow[]> {
  const rows: OperationRow[] = [];
  for (const [operation, title] of Object.entries(OPERATIONS)) {
    const cpuSeconds: Record<string, number> = {};
    let found: { readonly by: string; readonly point: G1Point } | undefined;
    for (let run = 0; run < runs; run++) {
      for (const { name, measure } of contestants) {
        const measured = await measure(operation as Operation);
        if (measured === undefined) continue;
        found ??= { by: name, point: measured.point };
        if (!isSamePoint(found.point, measured.point)) {
          throw new Error(`${title}: ${found.by} and ${name} get different results`);
        }
        cpuSeconds[name] = Math.min(
          cpuSeconds[name] ?? Number.POSITIVE_INFINITY,
          measured.cpuSeconds,
        );
      }
    }
    rows.push({ operation: title, cpuSeconds });
  }
  return rows;
}
