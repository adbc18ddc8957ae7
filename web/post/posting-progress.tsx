import { Alert, Anchor, Badge, Code, Group, List, Stack, Text } from "@mantine/core";
import { Failure } from "../loaded-view.tsx";
import { projectHref } from "../route.ts";
import { type PostingProgress, type StepName, type StepState, stepNames } from "./posting-steps.ts";
import { type RefereeSamples, refereeCommand } from "./referee-command.ts";

const stepTexts: Readonly<Record<StepName, string>> = {
  prepare: "Make the first model, its commitment and the files' addresses",
  register: "Register your encryption key (transaction)",
  wrap: "Turn coins into the reward token (transaction)",
  permit: "Allow the vault to take the escrow (signature, costs nothing)",
  approve: "Allow the vault to take the escrow (transaction)",
  post: "Post the project and put the money into escrow (transaction)",
  upload: "Hand manifest and model to the aggregators",
};

const stateTexts: Readonly<Record<StepState["state"], { text: string; color: string }>> = {
  waiting: { text: "waiting", color: "gray" },
  "not-needed": { text: "not needed", color: "gray" },
  working: { text: "working", color: "blue" },
  "in-wallet": { text: "answer in the wallet", color: "yellow" },
  sent: { text: "sent, not yet in a block", color: "blue" },
  done: { text: "done", color: "green" },
  failed: { text: "failed", color: "red" },
};

function StepLine({ name, step }: { name: StepName; step: StepState }) {
  const { text, color } = stateTexts[step.state];
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm">{stepTexts[name]}</Text>
        <Badge variant="light" color={color} c="var(--mantine-color-text)">
          {text}
        </Badge>
      </Group>
      {step.state === "sent" && <Hash label="transaction" hash={step.hash} />}
      {step.state === "done" && step.receipt && (
        <Hash
          label={`block ${step.receipt.blockNumber}, gas ${step.receipt.gasUsed}, transaction`}
          hash={step.receipt.hash}
        />
      )}
      {step.state === "done" && step.note && <Text size="xs">{step.note}</Text>}
    </Stack>
  );
}

const Hash = ({ label, hash }: { label: string; hash: string }) => (
  <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
    {label} {hash}
  </Text>
);

/** How far a posting is. It says "posted" only with a receipt in hand. */
export function PostingProgressView(props: {
  readonly progress: PostingProgress;
  readonly samples: RefereeSamples;
  readonly isPrivate?: boolean;
}) {
  const { progress, samples, isPrivate = false } = props;
  const { projectId, steps, error } = progress;
  const isBegun = stepNames.some((name) => steps[name].state !== "waiting");
  if (!isBegun && error === undefined && projectId === undefined) return null;
  return (
    <Stack aria-live="polite">
      <List type="ordered" spacing="xs">
        {stepNames.map((name) => (
          <List.Item key={name} data-step={name} data-state={steps[name].state}>
            <StepLine name={name} step={steps[name]} />
          </List.Item>
        ))}
      </List>
      {error !== undefined && <Failure error={error} />}
      {projectId !== undefined && (
        <Alert
          color="green"
          title={`Project ${projectId} is posted`}
          data-posted={String(projectId)}
        >
          <Stack gap="xs">
            <Text size="sm">
              The receipt is here and the money is in escrow.{" "}
              {steps.upload.state === "done"
                ? "An aggregator has its files."
                : "Its files have yet to reach an aggregator."}
            </Text>
            <Anchor href={projectHref(projectId)}>Look at it as everybody sees it</Anchor>
            <Text size="sm">
              Rounds need your referee. With its key, on a machine that has clean samples, run:
              {isPrivate && " (encryption-key.json in the folder that --state names)"}
            </Text>
            <Code block style={{ whiteSpace: "pre-wrap" }}>
              {refereeCommand(projectId, samples)}
              {isPrivate && " --state <folder>"}
            </Code>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}
