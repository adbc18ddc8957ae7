import { Anchor, Table, Text } from "@mantine/core";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import { trainerColour } from "../charts/colours.ts";
import { trainerHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { ProjectHistory } from "./load-history.ts";
import { participantRows } from "./participant-rows.ts";

/** Reliability as people read it: a share of the most there can be. */
export const reliabilityText = (score: number | null) =>
  score === null ? "–" : `${((score / 65_535) * 100).toFixed(1)} %`;

/** Everybody who ever joined: what they did, what they were paid, and what it did to their reliability. */
export function ParticipantsTable({ history }: { history: ProjectHistory }) {
  const rows = participantRows({ ...history, slots: history.project.terms.slots });
  if (rows.length === 0) return <Text>Nobody has joined yet.</Text>;
  return (
    <>
      <ScrollTable
        caption="Trainers"
        head={[
          ...["Trainer", "Now", "Updates", "Accepted", "Removed", "Earned"],
          ...["Reliability here", "In all projects"],
        ]}
      >
        {rows.map((row, place) => (
          <Table.Tr key={row.trainer} data-trainer={row.trainer}>
            <Table.Td ff="monospace" title={row.trainer} style={{ whiteSpace: "nowrap" }}>
              <span aria-hidden style={{ color: trainerColour(place) }}>
                ■{" "}
              </span>
              <Anchor inherit href={trainerHref(history.project.projectId, row.trainer)}>
                {shortHex(row.trainer)}
              </Anchor>
            </Table.Td>
            <Table.Td>
              {row.state}
              {row.strikes ? `, ${row.strikes} strike${row.strikes === 1 ? "" : "s"}` : ""}
              {row.missedRounds ? `, ${row.missedRounds} missed in a row` : ""}
            </Table.Td>
            <Table.Td>{row.submitted}</Table.Td>
            <Table.Td>{row.accepted}</Table.Td>
            <Table.Td>{row.removed}</Table.Td>
            <Table.Td>
              <Amount wei={row.earnedWei} unit={history.token} />
            </Table.Td>
            <Table.Td>
              {reliabilityText(row.joinedWith)} → {reliabilityText(row.reliability)}
            </Table.Td>
            <Table.Td>{reliabilityText(row.overall)}</Table.Td>
          </Table.Tr>
        ))}
      </ScrollTable>
      <Text size="sm" mt="sm">
        Reliability begins at 50 %, moves with each proven verdict, and fades back with time. A
        round that came to nothing, or an update that could not be read, does not change it. What a
        trainer brings from this project to others is recorded when it leaves.
      </Text>
    </>
  );
}
