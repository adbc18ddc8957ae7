import { Anchor, Table, Text } from "@mantine/core";
import { voidWords } from "../../services/protocol/market/void-words.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { Amount } from "../amount.tsx";
import { roundHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { useNewest } from "../use-newest.tsx";
import type { ProjectHistory } from "./load-history.ts";

/** The rounds, oldest first, each with a link. */
export function RoundsTimeline({ history }: { history: ProjectHistory }) {
  const { project, openings, settlements, voided, token } = history;
  const { shown, button } = useNewest(openings, "rounds");
  if (openings.length === 0) return <Text>No round has been opened yet.</Text>;
  return (
    <>
      <ScrollTable caption="Rounds" head={["Round", "State", "Accepted", "Paid", "Budget"]}>
        {shown.map(({ roundIndex }) => {
          const settled = settlements.find((each) => each.roundIndex === roundIndex);
          const ended = voided.find((each) => each.roundIndex === roundIndex);
          const verdicts = settled
            ? unpackOutcome(settled.outcomeWords, project.terms.slots).verdicts
            : [];
          const accepted = verdicts.filter((verdict) => verdict === "accepted").length;
          return (
            <Table.Tr key={roundIndex}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <Anchor href={roundHref(project.projectId, roundIndex)}>Round {roundIndex}</Anchor>
              </Table.Td>
              <Table.Td miw={ended ? 220 : undefined}>
                {ended ? `void: ${voidWords(ended.reason)}` : settled ? "settled" : "running"}
              </Table.Td>
              <Table.Td>{settled ? `${accepted} of ${settled.trainers.length}` : "–"}</Table.Td>
              <Table.Td>{settled ? <Amount wei={settled.paidWei} unit={token} /> : "–"}</Table.Td>
              <Table.Td>{settled ? <Amount wei={settled.budgetWei} unit={token} /> : "–"}</Table.Td>
            </Table.Tr>
          );
        })}
      </ScrollTable>
      {button}
    </>
  );
}
