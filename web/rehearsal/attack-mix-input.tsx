import { Button, CloseButton, Group, NativeSelect, Stack } from "@mantine/core";
import { attacksFor } from "./attacks-for.ts";
import type { AttackPart } from "./rehearsal-messages.ts";

/** Why these attackers cannot be rehearsed with so many trainers, or undefined. */
export function attackMixProblem(mix: readonly AttackPart[], trainers: number): string | undefined {
  const attackers = mix.reduce((sum, part) => sum + part.trainers, 0);
  if (attackers < trainers) return undefined;
  return `${attackers} attackers of ${trainers} trainers leave nobody honest.`;
}

/** Attackers as a row of the form: it stays the same row when another attack is chosen in it. */
export interface AttackRow extends AttackPart {
  readonly row: number;
}

const nextRow = (mix: readonly AttackRow[]) => Math.max(0, ...mix.map(({ row }) => row)) + 1;

/** Numbers of attackers to choose from: all but one of the trainers, and the one chosen before. */
const counts = (chosen: number, trainers: number) =>
  Array.from({ length: Math.max(chosen, trainers - 1) }, (_, i) => String(i + 1));

/** Chooses attackers: which attack, and by how many of the trainers. */
export function AttackMixInput(props: {
  readonly mix: readonly AttackRow[];
  readonly classes: number;
  readonly trainers: number;
  readonly onChange: (mix: readonly AttackRow[]) => void;
}) {
  const { mix, classes, trainers, onChange } = props;
  const attacks = attacksFor(classes);
  const set = (place: number, part: Partial<AttackPart>) =>
    onChange(mix.map((before, each) => (each === place ? { ...before, ...part } : before)));
  const unused = attacks.find(({ name }) => mix.every(({ attack }) => attack !== name));
  return (
    <Stack gap="sm" align="stretch">
      {mix.map((part, place) => (
        <Group
          key={part.row}
          align="flex-start"
          wrap="nowrap"
          gap="xs"
          role="group"
          aria-label={`Attackers ${place + 1}`}
        >
          <NativeSelect
            style={{ flex: 1 }}
            label="Attack"
            description={attacks.find(({ name }) => name === part.attack)?.summary}
            value={part.attack}
            data={attacks
              .map(({ name }) => name)
              .filter((name) => name === part.attack || mix.every((each) => each.attack !== name))}
            onChange={(event) => set(place, { attack: event.currentTarget.value })}
          />
          <NativeSelect
            label="Attackers"
            value={String(part.trainers)}
            data={counts(part.trainers, trainers)}
            onChange={(event) => set(place, { trainers: Number(event.currentTarget.value) })}
          />
          <CloseButton
            mt={25}
            size="lg"
            aria-label={`Remove ${part.attack}`}
            onClick={() => onChange(mix.filter((_, each) => each !== place))}
          />
        </Group>
      ))}
      {unused !== undefined && (
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              onChange([...mix, { row: nextRow(mix), attack: unused.name, trainers: 1 }])
            }
          >
            {mix.length === 0 ? "Add attackers" : "Add other attackers"}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
