import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";
import { readTable } from "../../../services/learning/data/read-table.ts";
import { hasPackages, python } from "../../python.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-pyarrow-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Tables of thousands of rows with gaps, in pages of few values, written in many ways; beside each what pandas writes as CSV. */
const WRITE = `
import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet as pq
random = np.random.default_rng(int(seed))
for case in range(24):
    n = int(random.integers(1, 4000))
    gaps = random.random(n) < random.choice([0, 0, 0.01, 0.5])
    holed = lambda values, kind: pa.array(list(values), kind, mask=gaps)
    columns = {
        "whole": holed(random.integers(-2**40, 2**40, n), pa.int64()),
        "small": holed(random.integers(-5, 5, n), pa.int8()),
        "double": holed(random.normal(size=n), pa.float64()),
        "single": holed(random.normal(size=n).astype("f4"), pa.float32()),
        "flag": pa.array(list(random.random(n) < 0.3)),
        "word": holed([f"w{i}" for i in random.integers(0, int(random.choice([2, 900])), n)], pa.string()),
        "constant": pa.array([7] * n, pa.int16()),
    }
    side = int(random.integers(1, 40))
    lists = pa.array(list(random.normal(size=(n, side)).astype("f4")), pa.list_(pa.float32()))
    options = dict(
        compression=str(random.choice(["none", "snappy", "gzip", "brotli", "zstd", "lz4"])),
        use_dictionary=bool(random.random() < 0.5),
        data_page_version=str(random.choice(["1.0", "2.0"])),
        data_page_size=int(random.choice([64, 1000, 10**6])),
        write_batch_size=int(random.choice([7, 100])),
        row_group_size=int(random.choice([50, 999, 10**6])),
        write_page_index=bool(random.random() < 0.5),
        store_schema=bool(random.random() < 0.5),
    )
    table = pa.table(columns)
    pq.write_table(table, f"table-{case}.parquet", **options)
    table.to_pandas(types_mapper=pd.ArrowDtype).to_csv(f"table-{case}.csv", index=False)
    labels = pa.array(random.integers(0, 3, n))
    pq.write_table(pa.table({"x": lists, "label": labels}), f"lists-{case}.parquet", **options)
    np.savez(f"lists-{case}.npz", x=np.stack(lists.to_numpy(zero_copy_only=False)), y=labels.to_numpy())
`;

describe.skipIf(!hasPackages("pyarrow", "pandas"))(
  "Parquet files of other programs [needs python3 with pyarrow and pandas, or CW_PYTHON]",
  () => {
    // Another sequence in each run; the seed of a failure is in its message.
    const seed = String(Date.now() % 2 ** 31);
    beforeAll(() => {
      execFileSync(python, ["-c", `seed = ${seed}\n${WRITE}`], { cwd: folder });
    });
    const named = (start: string) =>
      readdirSync(folder).filter((name) => name.startsWith(start) && name.endsWith(".parquet"));

    /** Equal as numbers, or else as texts. */
    const normal = (cells: readonly string[]) =>
      cells.map((cell) =>
        cell !== "" && Number.isFinite(Number(cell)) ? Math.fround(Number(cell)) : cell,
      );

    it("have the cells that pandas writes", async () => {
      for (const name of named("table-")) {
        const path = join(folder, name);

        const read = (await readTable(path))?.table;

        const csv = (await readTable(path.replace(/parquet$/, "csv")))?.table;
        expect({ seed, name, header: read?.header }).toMatchObject({ header: csv?.header });
        expect({ seed, name, rows: read?.rows.map(normal) }).toEqual({
          ...{ seed, name },
          rows: csv?.rows.map(normal),
        });
      }
      expect(named("table-")).toHaveLength(24);
    });

    it("have the lists that NumPy writes as arrays", async () => {
      for (const name of named("lists-")) {
        const path = join(folder, name);

        const read = await openDataFiles(path);

        const npz = await openDataFiles(path.replace(/parquet$/, "npz"));
        const all = Array.from({ length: npz.size }, (_, i) => npz.size - 1 - i);
        expect({ seed, name, shape: read.inputShape }).toMatchObject({ shape: npz.inputShape });
        expect({ seed, name, batch: await read.readBatch(all) }).toEqual({
          ...{ seed, name },
          batch: await npz.readBatch(all),
        });
      }
      expect(named("lists-")).toHaveLength(24);
    });
  },
);
