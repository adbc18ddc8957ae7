import { Alert, Group, List, Loader, Progress, Stack, Table, Text } from "@mantine/core";
import type { RehearsedRound } from "../../services/learning/rehearsal/rehearse.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { Failure } from "../loaded-view.tsx";
import { ScrollTable } from "../scroll-table.tsx";
import type { RehearsalProgress } from "./rehearsal-progress.ts";
import { RehearsedSimilarities } from "./rehearsed-similarities.tsx";
import { SurveyView } from "./survey-view.tsx";

const STALE = "The form has changed since: rehearse again.";

/** How many of one kind of trainer were accepted, like `3 of 4`. */
function accepted(round: RehearsedRound, isAttacker: readonly boolean[], kind: boolean): string {
  const verdicts = round.verdicts.filter((_, place) => isAttacker[place] === kind);
  if (verdicts.length === 0) return "–";
  return `${verdicts.filter((verdict) => verdict === "accepted").length} of ${verdicts.length}`;
}

/** Part of a round's pay that went to attackers. */
function attackerPay({ payoutsWei }: RehearsedRound, isAttacker: readonly boolean[]): number {
  const paid = payoutsWei.reduce((sum, wei) => sum + wei, 0n);
  const taken = payoutsWei.reduce((sum, wei, place) => (isAttacker[place] ? sum + wei : sum), 0n);
  return paid === 0n ? 0 : Number((taken * 10_000n) / paid) / 10_000;
}

function RoundTable({ rounds, isAttacker }: Pick<RehearsalProgress, "rounds" | "isAttacker">) {
  return (
    <ScrollTable
      caption="Rehearsed rounds"
      head={["Round", "Accuracy", "Honest accepted", "Attackers accepted", "Attackers' pay"]}
    >
      {rounds.map((round) => (
        <Table.Tr key={round.roundIndex} data-rehearsed={round.roundIndex}>
          <Table.Td>{round.roundIndex}</Table.Td>
          <Table.Td>{percentText(round.accuracy)}</Table.Td>
          <Table.Td>
            {accepted(round, isAttacker, false)}
            {round.isVoid && " (void)"}
          </Table.Td>
          <Table.Td>{accepted(round, isAttacker, true)}</Table.Td>
          <Table.Td>{percentText(attackerPay(round, isAttacker))}</Table.Td>
        </Table.Tr>
      ))}
    </ScrollTable>
  );
}

function Findings(props: {
  readonly result: NonNullable<RehearsalProgress["result"]>;
  readonly isMadeUp: boolean;
  readonly isStale: boolean;
}) {
  const { result, isMadeUp, isStale } = props;
  const { findings, report, samples } = result;
  const isGood = findings.length === 0;
  const attackers = report.isAttacker.filter(Boolean).length;
  return (
    <Alert
      color={isGood ? "green" : "red"}
      role="status"
      data-rehearsal={isGood ? "held" : "broken"}
      title={
        isGood
          ? attackers === 0
            ? "The rule kept honest trainers; nobody attacked"
            : "The rule held against these attackers"
          : "Do not post it like this"
      }
    >
      <Stack gap="xs">
        {!isGood && (
          <List size="sm">
            {findings.map((finding) => (
              <List.Item key={finding}>{finding}.</List.Item>
            ))}
          </List>
        )}
        <Text size="sm">
          {report.rounds.length} rounds with {report.isAttacker.length} trainers, {attackers} of
          them {attackers === 1 ? "an attacker" : "attackers"}, on {samples.toLocaleString("en")}{" "}
          {isMadeUp ? "invented " : ""}samples in {report.seconds.toFixed(1)} s. Accuracy at the end{" "}
          {percentText(report.finalAccuracy)}
          {isMadeUp
            ? "; invented samples say nothing about the accuracy on yours"
            : `, of always saying the commonest class ${percentText(report.commonestShare)}`}
          . Attackers' part of the pay {percentText(report.attackerPayShare)}.
        </Text>
        {isStale && (
          <Text size="sm" fw={600}>
            {STALE}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

/** A rehearsal on its way and its result. */
export function RehearsalView(props: {
  readonly progress: RehearsalProgress;
  readonly isMadeUp: boolean;
  /** Whether the form says something else now than what was rehearsed. */
  readonly isStale: boolean;
}) {
  const { progress, isMadeUp, isStale } = props;
  const { state, doing, planned, rounds, isAttacker, measured, result, error, tried, surveyed } =
    progress;
  const finished = rounds.length + tried.length;
  if (state === "idle") return null;
  return (
    <Stack gap="sm" data-rehearsal-state={state}>
      {state === "running" && (
        <Stack gap={4}>
          <Group role="status" gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{doing}…</Text>
          </Group>
          <Progress
            aria-label="How far the rehearsal is"
            value={planned === 0 ? 0 : (100 * finished) / planned}
          />
        </Stack>
      )}
      {state === "cancelled" && (
        <Text size="sm" role="status">
          Cancelled after {finished} of {planned === 0 ? "all" : planned}{" "}
          {tried.length > 0 ? "trials" : "rounds"}.
        </Text>
      )}
      {measured && (
        <Text size="sm" data-measured={measured.clipNorm}>
          Measured and put into the form: learning rate {measured.learningRate}, longest update{" "}
          {measured.clipNorm}, {measured.fractionBits} fraction bits, {measured.ditherBits} dither
          bits.
        </Text>
      )}
      {error && <Failure error={error} />}
      {result && <Findings result={result} isMadeUp={isMadeUp} isStale={isStale} />}
      {tried.length > 0 && <SurveyView tried={tried} surveyed={surveyed} isMadeUp={isMadeUp} />}
      {surveyed && isStale && (
        <Text size="sm" fw={600}>
          {STALE}
        </Text>
      )}
      {rounds.length > 0 && <RoundTable rounds={rounds} isAttacker={isAttacker} />}
      <RehearsedSimilarities rounds={rounds} />
    </Stack>
  );
}
