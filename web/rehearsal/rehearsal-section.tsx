import { Button, Card, Checkbox, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useForm } from "../post/form-fields.tsx";
import { withoutNormBound } from "../post/other-terms.ts";
import type { PostingForm } from "../post/posting-form.ts";
import type { FormReading } from "../post/read-posting-form.ts";
import { AttackMixInput, attackMixProblem } from "./attack-mix-input.tsx";
import {
  fieldsOfMeasured,
  isSameRehearsal,
  orderOfForm,
  type RehearsalChoices,
} from "./order-of-form.ts";
import type { RehearsalOrder } from "./rehearsal-messages.ts";
import { RehearsalView } from "./rehearsal-view.tsx";
import type { PickedTable } from "./sample-input.tsx";
import { useRehearsal } from "./use-rehearsal.ts";

const firstChoices: RehearsalChoices = {
  attackMix: [{ row: 1, attack: "sign-flip", trainers: 1 }],
  ...{ rounds: 10, isUneven: false, isMeasured: true },
};

function ChoiceInputs(props: {
  readonly choices: RehearsalChoices;
  readonly set: (part: Partial<RehearsalChoices>) => void;
  readonly canMeasure: boolean;
}) {
  const { choices, set, canMeasure } = props;
  return (
    <>
      <Group align="flex-start">
        <NativeSelect
          label="Rounds to rehearse"
          data={["3", "5", "10", "20"]}
          value={String(choices.rounds)}
          onChange={(event) => set({ rounds: Number(event.currentTarget.value) })}
        />
        <NativeSelect
          label="Samples of the trainers"
          data={[
            { value: "even", label: "alike" },
            { value: "uneven", label: "uneven: few classes each" },
          ]}
          value={choices.isUneven ? "uneven" : "even"}
          onChange={(event) => set({ isUneven: event.currentTarget.value === "uneven" })}
        />
      </Group>
      {canMeasure && (
        <Checkbox
          label="Measure first, and put the numbers into the form"
          description="Trains for two rounds to choose the learning rate, the longest update and the fineness of the integers."
          checked={choices.isMeasured}
          onChange={(event) => set({ isMeasured: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function RunButtons(props: {
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly attackers: number;
  readonly onRehearse: () => void;
  readonly onSurvey: () => void;
  readonly onCancel: () => void;
}) {
  const { isRunning, isReady, attackers, onRehearse, onSurvey, onCancel } = props;
  if (isRunning) {
    return (
      <Group>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
    );
  }
  const common = { disabled: !isReady, "aria-describedby": "post-rehearsal-why-not" };
  return (
    <Group>
      <Button {...common} variant="light" c="var(--mantine-color-text)" onClick={onRehearse}>
        Rehearse
      </Button>
      <Button {...common} variant="default" onClick={onSurvey}>
        Try every attack with {attackers === 1 ? "one attacker" : `${attackers} attackers`}
      </Button>
    </Group>
  );
}

/** Plays the project with attackers, in a worker of this page. */
export function RehearsalSection(props: {
  readonly reading: FormReading;
  readonly table: PickedTable | undefined;
}) {
  const { reading, table } = props;
  const { form, change } = useForm();
  const [choices, setChoices] = useState(firstChoices);
  const rehearsed = useRef<{ form: PostingForm; isMadeUp: boolean } | null>(null);
  const { progress, start, survey, cancel } = useRehearsal((message) => {
    if (message.type !== "measured" || rehearsed.current === null) return;
    const fields = fieldsOfMeasured(message.numbers);
    change({ ...fields, otherTermsText: withoutNormBound(form.otherTermsText) });
    rehearsed.current = { ...rehearsed.current, form: { ...rehearsed.current.form, ...fields } };
  });
  const set = (part: Partial<RehearsalChoices>) => setChoices({ ...choices, ...part });
  const order = orderOfForm(form, reading, choices, table);
  const problem = order && attackMixProblem(choices.attackMix, order.trainers);
  const isRunning = progress.state === "running";
  const attackers = Math.max(
    1,
    choices.attackMix.reduce((sum, part) => sum + part.trainers, 0),
  );
  const begin = (wanted: RehearsalOrder, run: (order: RehearsalOrder) => void) => {
    rehearsed.current = { form, isMadeUp: wanted.source.kind === "made-up" };
    run(wanted);
  };
  return (
    <Card withBorder component="section" aria-labelledby="post-rehearsal">
      <Stack>
        <Title order={2} size="h4" id="post-rehearsal">
          Rehearsal
        </Title>
        <Text size="sm">
          Plays your project in this page with attackers among the trainers, before money is at
          stake: the rule, the integers and the pay of a real round, without chain and proofs.
          Nothing is sent.
        </Text>
        <Text size="sm" data-source={table ? "table" : "made-up"}>
          {table
            ? `Samples: ${table.file.name}, ${table.samples.toLocaleString("en")} rows.`
            : "No table is picked above: the rehearsal invents samples of your shape. They show what the rule does to attackers, and say nothing about the accuracy on yours."}
        </Text>
        <AttackMixInput
          mix={choices.attackMix}
          classes={reading.manifest?.data.classes?.length ?? 2}
          trainers={Number(form.trainers) || 3}
          onChange={(attackMix) => set({ attackMix })}
        />
        {order !== undefined && 2 * attackers >= order.trainers && (
          <Text size="sm">
            {attackers} of {order.trainers} are attackers: no rule holds against half of the
            trainers, and fewer than half accepted make a round void.
          </Text>
        )}
        <ChoiceInputs choices={choices} set={set} canMeasure={form.model !== "file"} />
        <RunButtons
          isRunning={isRunning}
          isReady={order !== undefined && problem === undefined}
          attackers={attackers}
          onCancel={cancel}
          onRehearse={() => order && begin(order, start)}
          onSurvey={() => order && begin(order, (each) => survey(each, attackers))}
        />
        {!isRunning && (order === undefined || problem !== undefined) && (
          <Text size="sm" id="post-rehearsal-why-not">
            {problem ??
              "Say above what is learned, by how many trainers, and which rule judges them."}
          </Text>
        )}
        <RehearsalView
          progress={progress}
          isMadeUp={rehearsed.current?.isMadeUp ?? false}
          isStale={rehearsed.current !== null && !isSameRehearsal(rehearsed.current.form, form)}
        />
      </Stack>
    </Card>
  );
}
