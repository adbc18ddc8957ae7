import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  List,
  Loader,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import type { FinishedCheck } from "../audit/audit-messages.ts";
import { downloadReport } from "../audit/audit-report.ts";
import { explainCheck, notChecked } from "../audit/check-explanations.ts";
import { type AuditProgress, useAudit } from "../audit/use-audit.ts";
import type { Connection } from "../connection.ts";
import { Failure } from "../loaded-view.tsx";
import { projectHref } from "../route.ts";

const marks = {
  true: { text: "passed", color: "teal.9" },
  false: { text: "FAILED", color: "red.9" },
  null: { text: "not done", color: "gray.7" },
} as const;

function CheckRow({ check }: { check: FinishedCheck }) {
  const mark = marks[`${check.isPassed}`];
  return (
    <Group component="li" align="flex-start" wrap="nowrap" gap="sm" data-check={check.name}>
      <Badge color={mark.color} variant="filled" miw={84} data-result={mark.text}>
        {mark.text}
      </Badge>
      <div style={{ minWidth: 0 }}>
        <Text fw={600}>{check.name}</Text>
        <Text size="sm">{explainCheck(check.name)}</Text>
        <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {check.detail}
        </Text>
      </div>
    </Group>
  );
}

function CheckGroup({ title, checks }: { title: string; checks: readonly FinishedCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
        {checks.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
      </Stack>
    </Card>
  );
}

function Verdict({ progress }: { progress: AuditProgress }) {
  const { checks, summary, seconds } = progress;
  const failed = checks.filter(({ isPassed }) => isPassed === false);
  const skipped = checks.filter(({ isPassed }) => isPassed === null);
  const isBad = failed.length > 0;
  const passed = checks.length - failed.length - skipped.length;
  const nothing = summary?.settledRounds === 0;
  return (
    <Alert
      color={isBad ? "red" : nothing || summary?.isDevelopment ? "yellow" : "green"}
      role="status"
      data-verdict={isBad ? "failed" : "passed"}
      title={
        isBad
          ? `${failed.length} of ${checks.length} checks failed`
          : nothing
            ? "No round is settled yet: there is nothing to verify"
            : `No check failed: ${passed} passed, ${skipped.length} not done`
      }
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {summary?.settledRounds} settled rounds, {summary?.voidRounds.length} void, in{" "}
          {seconds.toFixed(1)} s on this machine.
        </Text>
        {summary?.isDevelopment && (
          <Text size="sm" fw={600}>
            But the keys are development keys: their secret is public, so anybody can forge a proof
            that passes. Not for real money.
          </Text>
        )}
        <Button size="xs" variant="default" onClick={() => downloadReport(progress)}>
          Save the report as JSON
        </Button>
      </Stack>
    </Alert>
  );
}

/** Verifies a project in the page, step by step. */
export function AuditPage({
  connection,
  projectId,
}: {
  connection: Connection;
  projectId: bigint;
}) {
  const { progress, start } = useAudit(connection.settings, projectId);
  const { checks, state } = progress;
  const rounds = [...new Set(checks.map(({ roundIndex }) => roundIndex))]
    .filter((roundIndex) => roundIndex !== null)
    .sort((one, other) => one - other);
  return (
    <Stack>
      <Title order={1} size="h2">
        Verify{" "}
        <Anchor inherit href={projectHref(projectId)}>
          project {String(projectId)}
        </Anchor>
      </Title>
      <Text maw={680}>
        Your browser reads the project's history from the chain and decides everything again: who
        was accepted, what the model became, who was paid what. It asks no server for an opinion.
      </Text>
      <Group>
        <Button onClick={start} loading={state === "running"} size="md">
          Verify this project
        </Button>
        {state === "running" && (
          <Group role="status" gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{progress.doing}…</Text>
          </Group>
        )}
      </Group>
      {progress.error && <Failure error={progress.error} onRetry={start} />}
      {state === "done" && <Verdict progress={progress} />}
      <CheckGroup
        title="Keys and models"
        checks={checks.filter(({ roundIndex }) => roundIndex === null)}
      />
      {rounds.map((round) => (
        <CheckGroup
          key={round}
          title={`Round ${round + 1}`}
          checks={checks.filter(({ roundIndex }) => roundIndex === round)}
        />
      ))}
      <Card withBorder component="section">
        <Title order={2} size="h4" mb="sm">
          What this audit does not check
        </Title>
        <List size="sm" spacing="xs">
          {notChecked.map((text) => (
            <List.Item key={text}>{text}</List.Item>
          ))}
        </List>
      </Card>
    </Stack>
  );
}
