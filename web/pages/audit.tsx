import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  List,
  Loader,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useState } from "react";
import {
  laterWords,
  newerBlocksWords,
  readBlockWords,
} from "../../services/auditor/report/read-block-words.ts";
import { notChecked } from "../audit/check-explanations.ts";
import { CheckKinds } from "../audit/check-kinds.tsx";
import { CompareReport } from "../audit/compare-report.tsx";
import { type AuditPart, auditParts, groupChecks, secondsOf } from "../audit/group-checks.ts";
import { ReportFiles } from "../audit/report-files.tsx";
import { type AuditProgress, useAudit } from "../audit/use-audit.ts";
import type { Connection } from "../connection.ts";
import { Failure } from "../loaded-view.tsx";
import { projectHref } from "../route.ts";
import { Section } from "../section.tsx";

const partTitles: Record<AuditPart, string> = {
  setup: "The keys and numbers that proofs are judged by",
  rounds: "Every round",
  project: "The project as a whole",
};

function Verdict({ progress, nodes }: { progress: AuditProgress; nodes: number }) {
  const { checks, audit, seconds } = progress;
  const failed = checks.filter(({ isPassed }) => isPassed === false);
  const skipped = checks.filter(({ isPassed }) => isPassed === null);
  const isBad = failed.length > 0;
  const passed = checks.length - failed.length - skipped.length;
  const nothing = audit?.rounds.length === 0;
  const later = audit ? laterWords(audit.later, audit.readAt) : undefined;
  return (
    <Alert
      color={isBad ? "red" : nothing || audit?.setup.isDevelopment ? "yellow" : "green"}
      role="status"
      data-verdict={isBad ? "failed" : "passed"}
      title={
        isBad
          ? `${failed.length} of ${checks.length} checks failed`
          : nothing
            ? "No round is settled yet: there is no proof to verify"
            : `No check failed: ${passed} passed, ${skipped.length} not done`
      }
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {audit?.rounds.length} settled rounds, {audit?.voidRounds.length} void, up to block{" "}
          {audit?.lastBlock}, in {seconds.toFixed(1)} s on this machine.
        </Text>
        {audit?.setup.isDevelopment && (
          <Text size="sm" fw={600}>
            But the keys are development keys: their secret is public, so anybody can forge a proof
            that passes. Not for real money.
          </Text>
        )}
        {later !== undefined && (
          <Text size="sm" fw={600} data-later>
            Newer events were {later}. Verify again when they are final, or read at the newest
            block.
          </Text>
        )}
        {audit && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            Market {audit.market} on chain {String(audit.chainId)}, last event in block{" "}
            {audit.lastBlock}: {audit.lastBlockHash}. All of it as{" "}
            {nodes === 1 ? "one node tells" : `${nodes} nodes agree in telling`} it,{" "}
            {readBlockWords(audit.readAt)}; {newerBlocksWords(audit.readAt)}.
          </Text>
        )}
        {audit && <ReportFiles audit={audit} />}
        {audit && <CompareReport audit={audit} />}
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
  const [isNewest, setNewest] = useState(false);
  const verify = () => start(isNewest ? "latest" : undefined);
  const { checks, state } = progress;
  const kinds = groupChecks(checks);
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
        <Button onClick={verify} loading={state === "running"} size="md">
          Verify this project
        </Button>
        <Checkbox
          label="Read at the newest block, which may still be replaced"
          checked={isNewest}
          disabled={state === "running"}
          onChange={({ currentTarget }) => setNewest(currentTarget.checked)}
        />
        {state === "running" && (
          <Group role="status" gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{progress.doing}…</Text>
          </Group>
        )}
      </Group>
      {progress.error && <Failure error={progress.error} onRetry={verify} />}
      {state === "done" && (
        <Verdict progress={progress} nodes={1 + (connection.settings.compareUrls ?? []).length} />
      )}
      {auditParts.map((part) => {
        const found = kinds.filter((kind) => kind.part === part);
        return (
          found.length > 0 && (
            <Section key={part} title={`${partTitles[part]} – ${secondsOf(found).toFixed(1)} s`}>
              <CheckKinds kinds={found} />
            </Section>
          )
        );
      })}
      <Section title="What this audit does not check">
        <List size="sm" spacing="xs">
          {notChecked.map((text) => (
            <List.Item key={text}>{text}</List.Item>
          ))}
        </List>
      </Section>
    </Stack>
  );
}
