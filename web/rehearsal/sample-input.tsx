import { FileInput, Group, List, Loader, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { Failure } from "../loaded-view.tsx";
import { useForm } from "../post/form-fields.tsx";
import { formOfTable } from "../post/posting-form.ts";
import type { DescribedTable } from "./rehearsal-messages.ts";
import { startRehearsalWorker } from "./start-worker.ts";

/** A table that the owner picked, as the worker described it. Gone when the page is closed: it is stored nowhere. */
export interface PickedTable extends DescribedTable {
  readonly file: File;
}

/** Takes a table and fills in what it says: columns, classes, and how many numbers a sample has. */
export function SampleInput(props: {
  readonly table: PickedTable | undefined;
  readonly onTable: (table: PickedTable | undefined) => void;
}) {
  const { table, onTable } = props;
  const { form, change } = useForm();
  const [isReading, setIsReading] = useState(false);
  const [error, setError] = useState<CommonweightError | null>(null);
  const end = useRef<() => void>(() => {});
  useEffect(() => () => end.current(), []);
  const pick = (file: File | null) => {
    end.current();
    setError(null);
    onTable(undefined);
    setIsReading(file !== null);
    if (file === null) return;
    end.current = startRehearsalWorker({ type: "describe", file }, (message) => {
      if (message.type === "described") {
        onTable({ ...message.table, file });
        change(formOfTable(form, message.table));
      } else if (message.type === "failed") {
        const { code, message: title, hint } = message;
        setError(new CommonweightError({ code: code as `CW${number}`, title, hint }));
      }
      setIsReading(false);
    });
  };
  return (
    <Stack gap="xs">
      <FileInput
        clearable
        accept=".csv,text/csv"
        label="A sample of your data (CSV, optional)"
        description="A table with a header and a class column, as trainers will have it. It fills in the fields below and serves the rehearsal. It is read in this page and sent nowhere."
        placeholder="Pick a table"
        clearButtonProps={{ "aria-label": "Forget the table" }}
        onChange={pick}
      />
      {isReading && (
        <Group role="status" gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">Reading the table…</Text>
        </Group>
      )}
      {error && <Failure error={error} />}
      {table && <TableSummary table={table} />}
    </Stack>
  );
}

function TableSummary({ table: { data, samples, dropped, warnings } }: { table: PickedTable }) {
  return (
    <List size="sm" data-table={samples}>
      <List.Item>
        {samples.toLocaleString("en")} rows; the class is in “{data.table?.target}”:{" "}
        {data.classes?.join(", ")}.
      </List.Item>
      {dropped.map(({ column, why }) => (
        <List.Item key={column}>
          “{column}” is left out: {why}.
        </List.Item>
      ))}
      {warnings.map((warning) => (
        <List.Item key={warning} data-warning>
          {warning}
        </List.Item>
      ))}
      {data.normalisation && (
        <List.Item>
          Means and deviations of its columns go into the public manifest, so that everybody scales
          alike.
        </List.Item>
      )}
    </List>
  );
}
