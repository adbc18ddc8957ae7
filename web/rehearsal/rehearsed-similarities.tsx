import { NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { RehearsedRound } from "../../services/learning/rehearsal/rehearse.ts";
import { HeatMap } from "../charts/heat-map.tsx";
import { verdictText } from "../project-words.ts";

/** The table that the rule has decided a rehearsed round from. In a market nobody but the aggregators sees it. */
export function RehearsedSimilarities({ rounds }: { rounds: readonly RehearsedRound[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const round = rounds[chosen ?? rounds.length - 1];
  if (round === undefined || round.similarities.names.length === 0) return null;
  const { names, cosines } = round.similarities;
  const before = names.length - round.verdicts.length;
  const notes = names.map((_, place) => {
    const verdict = round.verdicts[place - before];
    return verdict === undefined ? "" : verdictText(verdict);
  });
  return (
    <Stack gap="xs" data-similarities={round.roundIndex}>
      <NativeSelect
        label="How similar the updates were, in round"
        maw={280}
        value={String(round.roundIndex)}
        data={rounds.map(({ roundIndex }) => ({
          value: String(roundIndex),
          label: String(roundIndex),
        }))}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      />
      <HeatMap caption="Cosines between the updates" {...{ names, notes, cosines }} />
      <Text size="sm">
        Cosines: 1 points the same way, 0 across, −1 the opposite way. The rule sees this table and
        nothing else of the updates. It is drawn here because these updates are your own; in a
        market only the aggregators see it, and everybody else a proof about it.
      </Text>
    </Stack>
  );
}
