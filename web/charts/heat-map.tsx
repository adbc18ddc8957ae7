import { Table } from "@mantine/core";
import { ScrollTable } from "../scroll-table.tsx";

const along = "light-dark(#1971c2, #228be6)";
const against = "light-dark(#c92a2a, #f03e3e)";

/** A cell's background for a cosine: blue along, red against, the stronger the more; text above keeps 4.5:1 in both schemes. */
export const cosineColour = (cosine: number): string =>
  `color-mix(in srgb, ${cosine < 0 ? against : along} ${Math.round(45 * Math.min(1, Math.abs(cosine)))}%, transparent)`;

/** A cosine with two places; what rounds to one is said to be less, unless it is. */
export function cosineText(cosine: number): string {
  const text = Math.abs(cosine).toFixed(2);
  const cut = text === "1.00" && Math.abs(cosine) < 0.999_999 ? ">0.99" : text;
  return `${cosine < 0 && Number(text) !== 0 ? "−" : ""}${cut}`;
}

/** Cosines between vectors as a table of coloured numbers: the colours say nothing that the numbers do not. */
export function HeatMap(props: {
  readonly caption: string;
  readonly names: readonly string[];
  /** What to write beside a name. */
  readonly notes?: readonly string[];
  readonly cosines: readonly (readonly number[])[];
}) {
  const { caption, names, notes = [], cosines } = props;
  return (
    <ScrollTable caption={caption} head={["Cosine of", ...names]}>
      {names.map((name, row) => (
        <Table.Tr key={name}>
          <Table.Th scope="row" style={{ whiteSpace: "nowrap" }}>
            {name}
            {notes[row] ? ` (${notes[row]})` : ""}
          </Table.Th>
          {names.map((other, column) => {
            const cosine = cosines[row]?.[column] ?? 0;
            return (
              <Table.Td
                key={other}
                ta="right"
                data-cosine={cosine.toFixed(3)}
                title={`${name} and ${other}: ${cosine.toFixed(3)}`}
                style={{ background: cosineColour(cosine), fontVariantNumeric: "tabular-nums" }}
              >
                {cosineText(cosine)}
              </Table.Td>
            );
          })}
        </Table.Tr>
      ))}
    </ScrollTable>
  );
}
