import { Badge, Group, Stack, Text } from "@mantine/core";
import type { FinishedCheck } from "./audit-messages.ts";
import { explainCheck, explainFailure } from "./check-explanations.ts";
import type { CheckKind } from "./group-checks.ts";

const marks = {
  true: { text: "passed", color: "teal.9" },
  false: { text: "FAILED", color: "red.9" },
  null: { text: "not done", color: "gray.7" },
} as const;

function Mark({ isPassed }: { isPassed: boolean | null }) {
  const mark = marks[`${isPassed}`];
  return (
    <Badge color={mark.color} variant="filled" miw={96} data-result={mark.text}>
      {mark.text}
    </Badge>
  );
}

const placeOf = ({ name, roundIndex }: FinishedCheck) =>
  roundIndex === null ? name : `round ${roundIndex}`;

/** One check with the values that it compared. */
function Finding({ check, hasMark }: { check: FinishedCheck; hasMark: boolean }) {
  return (
    <Text
      component="li"
      size="xs"
      ff="monospace"
      data-check={check.name}
      style={{ overflowWrap: "anywhere" }}
    >
      {hasMark ? <Mark isPassed={check.isPassed} /> : <Hidden result={check.isPassed} />}{" "}
      {placeOf(check)}: {check.detail}
    </Text>
  );
}

/** A result that the kind's own mark already shows. */
const Hidden = ({ result }: { result: boolean | null }) => (
  <span hidden data-result={marks[`${result}`].text} />
);

function Kind({ kind: { name, checks, isPassed } }: { kind: CheckKind }) {
  const loud = checks.filter((check) => check.isPassed !== true);
  const quiet = checks.filter((check) => check.isPassed === true);
  const list = { margin: 0, padding: 0, listStyle: "none" } as const;
  return (
    <Group component="li" align="flex-start" wrap="nowrap" gap="sm" data-kind={name}>
      <Mark isPassed={isPassed} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text fw={600}>
          {name}
          {checks.length > 1 && ` – ${quiet.length} of ${checks.length}`}
        </Text>
        <Text size="sm">{explainCheck(name)}</Text>
        {isPassed === false && (
          <Text size="sm" fw={600}>
            What the failure means: {explainFailure(name)}
          </Text>
        )}
        {loud.length > 0 && (
          <ul style={list}>
            {loud.map((check) => (
              <Finding key={placeOf(check)} check={check} hasMark={checks.length > 1} />
            ))}
          </ul>
        )}
        {quiet.length > 0 && (
          <details>
            <Text component="summary" size="xs">
              what was compared
            </Text>
            <ul style={list}>
              {quiet.map((check) => (
                <Finding key={placeOf(check)} check={check} hasMark={false} />
              ))}
            </ul>
          </details>
        )}
      </div>
    </Group>
  );
}

/** Kinds of checks, each with what it means, how it went, and what was compared. */
export function CheckKinds({ kinds }: { kinds: readonly CheckKind[] }) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
      {kinds.map((kind) => (
        <Kind key={kind.name} kind={kind} />
      ))}
    </Stack>
  );
}
