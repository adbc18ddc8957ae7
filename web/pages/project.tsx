import { Badge, Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { Amount } from "../amount.tsx";
import type { Connection } from "../connection.ts";
import { loadTitles } from "../load-titles.ts";
import { LoadedView } from "../loaded-view.tsx";
import { Contributions } from "../project/contributions.tsx";
import { EscrowSection } from "../project/escrow-section.tsx";
import { EvaluationCurves } from "../project/evaluation-curves.tsx";
import { LineageDrawing } from "../project/lineage-drawing.tsx";
import { loadEvaluations } from "../project/load-evaluations.ts";
import { loadHistory, type ProjectHistory } from "../project/load-history.ts";
import { ModelLineage } from "../project/model-lineage.tsx";
import { ParticipantsTable } from "../project/participants-table.tsx";
import { RoundsTimeline } from "../project/rounds-timeline.tsx";
import { VerdictGrid } from "../project/verdict-grid.tsx";
import { phaseText, termSentences } from "../project-words.ts";
import { auditHref } from "../route.ts";
import { Section } from "../section.tsx";
import { useLoaded } from "../use-loaded.ts";
import { useRefresh } from "../use-refresh.ts";

function ProjectTitle({ connection, projectId }: { connection: Connection; projectId: bigint }) {
  const load = async () => (await loadTitles(connection, [projectId])).get(projectId);
  const { loaded } = useLoaded(load, [connection, projectId]);
  const title = loaded.state === "ready" ? loaded.value : undefined;
  return (
    <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
      {title ?? `Project ${projectId}`}
    </Title>
  );
}

function Learning({ history, connection }: { history: ProjectHistory; connection: Connection }) {
  const { project, models } = history;
  const load = () =>
    loadEvaluations(connection, {
      projectId: project.projectId,
      referee: project.terms.referee,
      models,
    });
  const { loaded, reload, refresh } = useLoaded(load, [connection, project.projectId]);
  const count = loaded.state === "ready" ? loaded.value.claims.length : 0;
  // The last model is measured after the project has ended.
  useRefresh(refresh, project.phase !== "ended" || (count > 0 && count < models.length));
  return (
    <LoadedView loaded={loaded} what="the referee’s claims" onRetry={reload}>
      {(claims) => <EvaluationCurves {...claims} />}
    </LoadedView>
  );
}

function Terms({ history: { project, token } }: { history: ProjectHistory }) {
  const { terms } = project;
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        Each round distributes <Amount wei={terms.budgetPerRoundWei} unit={token} />; whoever takes
        part stakes <Amount wei={terms.stakeWei} unit={token} />.
      </List.Item>
      {termSentences(terms).map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  );
}

function ProjectView({ history, connection }: { history: ProjectHistory; connection: Connection }) {
  const { project } = history;
  const { terms, projectId, phase, appliedRounds } = project;
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <ProjectTitle connection={connection} projectId={projectId} />
          <Text size="sm">
            Project {String(projectId)}: {appliedRounds} of {terms.rounds} rounds,{" "}
            {terms.parameterCount.toLocaleString("en")} parameters
          </Text>
        </div>
        <Group>
          <Badge color={phase === "ended" ? "gray.7" : "indigo.8"}>{phaseText(phase)}</Badge>
          <Button component="a" href={auditHref(projectId)}>
            Verify this project
          </Button>
        </Group>
      </Group>
      <Section title="How the model learned">
        <Learning history={history} connection={connection} />
      </Section>
      <Section title="Rounds">
        <RoundsTimeline history={history} />
      </Section>
      <Section title="Who contributed">
        <Contributions history={history} />
      </Section>
      <Section title="Every trainer, every round">
        <VerdictGrid history={history} />
      </Section>
      <Section title="Where the money is">
        <EscrowSection history={history} />
      </Section>
      <Section title="Trainers">
        <ParticipantsTable history={history} />
      </Section>
      <Section title="Models">
        <LineageDrawing history={history} />
        <ModelLineage history={history} connection={connection} />
      </Section>
      <Section title="Terms">
        <Terms history={history} />
      </Section>
    </Stack>
  );
}

/** A project: how it learns, its rounds, who contributed, where the money is. */
export function ProjectPage(props: { connection: Connection; projectId: bigint }) {
  const { connection, projectId } = props;
  const load = () => loadHistory(connection, projectId);
  const { loaded, reload, refresh } = useLoaded(load, [connection, projectId]);
  useRefresh(refresh, !(loaded.state === "ready" && loaded.value.project.phase === "ended"));
  return (
    <LoadedView loaded={loaded} what={`project ${projectId}`} onRetry={reload}>
      {(history) => <ProjectView history={history} connection={connection} />}
    </LoadedView>
  );
}
