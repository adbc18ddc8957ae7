import { NativeSelect, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { Settlement } from "../../services/adapters/chain/rounds/settlements.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { SHARE_TOTAL, WEIGHT_TOTAL } from "../../services/protocol/rule/round-rule.ts";
import { shortAmount, shortHex } from "../amounts.ts";
import { trainerColour } from "../charts/colours.ts";
import { type Bar, type BarSeries, StackedBars } from "../charts/stacked-bars.tsx";
import { verdictText } from "../project-words.ts";
import type { ProjectHistory } from "./load-history.ts";

const measures = {
  share: "proven share of the pay",
  weight: "part of the model’s change",
  earned: "earned",
} as const;
type Measure = keyof typeof measures;

/** What became of a trainer in a settled round. */
export interface TrainerRound {
  readonly share: number;
  readonly weight: number;
  readonly earnedWei: bigint;
  readonly verdict: string;
}

/** What each trainer did in each settled round, by its address. */
export function contributions(
  settlements: readonly Settlement[],
  slots: number,
): { readonly roundIndex: number; readonly of: ReadonlyMap<string, TrainerRound> }[] {
  return settlements.map(({ roundIndex, outcomeWords, trainers, earningsWei }) => {
    const { shares, weights, verdicts } = unpackOutcome(outcomeWords, slots);
    const rounds = trainers.map((trainer, index): [string, TrainerRound] => [
      trainer,
      {
        share: (shares[index] ?? 0) / SHARE_TOTAL,
        weight: (weights[index] ?? 0) / WEIGHT_TOTAL,
        earnedWei: earningsWei[index] ?? 0n,
        verdict: verdicts[index] ?? "inactive",
      },
    ]);
    return { roundIndex, of: new Map(rounds) };
  });
}

/** Who contributed what, round by round, one colour a trainer. */
export function Contributions({ history }: { history: ProjectHistory }) {
  const [measure, setMeasure] = useState<Measure>("share");
  const { settlements, events, project, token } = history;
  if (settlements.length === 0) return <Text>No round has been settled yet.</Text>;
  const rounds = contributions(settlements, project.terms.slots);
  const joined = events.filter(({ name }) => name === "TrainerJoined");
  const trainers = [...new Set(joined.map(({ args }) => String(args.trainer)))];
  const series: BarSeries[] = trainers.map((trainer, place) => ({
    key: trainer,
    name: shortHex(trainer),
    colour: trainerColour(place),
  }));
  const value = (round: TrainerRound) =>
    measure === "earned" ? Number(round.earnedWei) / 10 ** token.decimals : round[measure];
  const text = (round: TrainerRound) =>
    measure === "earned"
      ? shortAmount(round.earnedWei, token)
      : `${(round[measure] * 100).toFixed(1)} %`;
  const bars: Bar[] = rounds.map(({ roundIndex, of }) => ({
    ...{ label: `Round ${roundIndex}`, mark: String(roundIndex) },
    values: Object.fromEntries([...of].map(([trainer, round]) => [trainer, value(round)])),
  }));
  const partText = (bar: number, { key }: BarSeries) => {
    const round = rounds[bar]?.of.get(key);
    if (round === undefined) return null;
    return round.verdict === "accepted" ? text(round) : verdictText(round.verdict);
  };
  const isNothing = rounds.every(({ of }) =>
    [...of.values()].every((round) => round.earnedWei === 0n),
  );
  return (
    <Stack gap="sm">
      {isNothing && (
        <Text size="sm" data-nothing>
          Nobody has earned anything yet.
        </Text>
      )}
      <NativeSelect
        label="Show"
        maw={280}
        value={measure}
        data={Object.entries(measures).map(([key, label]) => ({ value: key, label }))}
        onChange={(event) => setMeasure(event.currentTarget.value as Measure)}
      />
      <StackedBars
        title={`Who contributed: ${measures[measure]}, by round`}
        description={`${bars.length} rounds and ${series.length} trainers, one colour each. A trainer without a colour in a bar was not accepted in that round.`}
        bars={bars}
        series={series}
        {...(measure === "earned" ? {} : { top: 1 })}
        valueText={(each) => (measure === "earned" ? String(each) : `${Math.round(each * 100)} %`)}
        partText={partText}
        head={["Round", ...series.map(({ name }) => name)]}
        rows={bars.map((bar, index) => (
          <Table.Tr key={bar.label}>
            <Table.Td>{bar.label}</Table.Td>
            {series.map((each) => (
              <Table.Td key={each.key}>{partText(index, each) ?? "–"}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      />
      <Text size="sm">
        A share says by how much a trainer’s update lowers, in first order, the loss on samples that
        the owner had committed to before anybody trained. It is proven, and says nothing more.
      </Text>
    </Stack>
  );
}
