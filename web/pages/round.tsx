import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { loadRound, type RoundFacts } from "../round/load-round.ts";
import { RawProof } from "../round/raw-proof.tsx";
import { RoundSteps } from "../round/round-steps.tsx";
import { RoundSummary } from "../round/round-summary.tsx";
import { Similarities } from "../round/similarities.tsx";
import { VerdictsTable } from "../round/verdicts-table.tsx";
import { projectHref, roundHref } from "../route.ts";
import { Section } from "../section.tsx";
import { useLoaded } from "../use-loaded.ts";
import { useRefresh } from "../use-refresh.ts";

function Neighbours({ facts, roundIndex }: { facts: RoundFacts; roundIndex: number }) {
  const { projectId, nextRoundIndex } = facts.project;
  return (
    <Group component="nav" aria-label="Rounds" gap="md">
      {roundIndex > 0 && (
        <Anchor size="sm" href={roundHref(projectId, roundIndex - 1)}>
          Round {roundIndex - 1}
        </Anchor>
      )}
      {roundIndex + 1 < nextRoundIndex && (
        <Anchor size="sm" href={roundHref(projectId, roundIndex + 1)}>
          Round {roundIndex + 1}
        </Anchor>
      )}
    </Group>
  );
}

function RoundView(props: {
  readonly facts: RoundFacts;
  readonly connection: Connection;
  readonly projectId: bigint;
  readonly roundIndex: number;
}) {
  const { facts, connection, projectId, roundIndex } = props;
  const { opening, settlement, request } = facts;
  if (opening === undefined) {
    return (
      <>
        <Title order={1} size="h2">
          Round {roundIndex}
        </Title>
        <Text>
          It has not been opened.{" "}
          <Anchor href={projectHref(projectId)}>All of project {String(projectId)}</Anchor>
        </Text>
      </>
    );
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Round {roundIndex} of{" "}
          <Anchor inherit href={projectHref(projectId)}>
            project {String(projectId)}
          </Anchor>
        </Title>
        <Neighbours facts={facts} roundIndex={roundIndex} />
      </Group>
      <RoundSummary facts={facts} roundIndex={roundIndex} connection={connection} />
      <Section title="What was decided, and why">
        <VerdictsTable facts={facts} />
      </Section>
      <Section title="How similar the updates were">
        <Similarities facts={facts} />
      </Section>
      <Section title="When, and for how much gas">
        <RoundSteps facts={facts} />
      </Section>
      {settlement && request && (
        <Section title="Raw proof">
          <Text size="sm" mb="xs" style={{ overflowWrap: "anywhere" }}>
            Settled by {shortHex(settlement.settledBy)} in transaction {settlement.transactionHash},
            block {settlement.blockNumber}. New model:{" "}
            <Text span ff="monospace" size="xs">
              {request.newModelCid}
            </Text>
          </Text>
          <RawProof request={request} />
        </Section>
      )}
    </Stack>
  );
}

/** A round: who handed in what, what was decided and why, when, and the proof. */
export function RoundPage(props: {
  connection: Connection;
  projectId: bigint;
  roundIndex: number;
}) {
  const { connection, projectId, roundIndex } = props;
  const load = () => loadRound(connection, projectId, roundIndex);
  const { loaded, reload, refresh } = useLoaded(load, [connection, projectId, roundIndex]);
  const facts = loaded.state === "ready" ? loaded.value : undefined;
  useRefresh(refresh, facts?.settlement === undefined && facts?.ended === undefined);
  return (
    <LoadedView loaded={loaded} what={`round ${roundIndex}`} onRetry={reload}>
      {(facts) => <RoundView {...props} facts={facts} />}
    </LoadedView>
  );
}
