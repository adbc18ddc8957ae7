import { Alert, Button, Card, Group, List, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { keyToMake } from "../../services/owner/design/design-project.ts";
import { ChoiceInput, TextFieldInput, useForm } from "./form-fields.tsx";
import { parseOtherTerms } from "./other-terms.ts";
import { type Pace, paceFields, paceOf } from "./posting-form.ts";

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Stack>
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {children}
      </Stack>
    </Card>
  );
}

const rules = [
  { value: "trust", label: "trust: judged by your own secret samples" },
  { value: "multi-krum", label: "multi-Krum: the updates that lie closest together" },
];

const visibilities = [
  { value: "public", label: "everybody" },
  { value: "private", label: "this project's trainers, aggregators and you" },
];

/** Who takes part and what judges their updates; with the reason when the rule cannot work at that size. */
export function RuleSection({ slots }: { slots: number | undefined }) {
  const { form, problems } = useForm();
  const [key] = (slots !== undefined && keyToMake(form.rule, slots)) || [];
  return (
    <Section id="post-rule" title="Trainers and the rule that judges them">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextFieldInput
          field="trainers"
          label="Trainers you expect in a round"
          why="Decides the size of the proof: room for 5, 13 or 29. If more join, each round draws by reliability."
        />
        <TextFieldInput
          field="minTrainers"
          label="Fewest that make a round"
          why="Fewer, and the round is void. Half of what you expect forgives machines that are away."
        />
      </SimpleGrid>
      <ChoiceInput
        field="rule"
        label="Rule"
        why="Trust judges by your own samples, as long as they stay secret and are clean; it was tried with three attackers of eight. Multi-Krum needs no samples to judge, but 2f + 3 trainers to withstand f."
        choices={rules}
      />
      <ChoiceInput
        field="visibility"
        label="Who may read the models"
        why="Models that not everybody may read are sealed to those who may, round by round. Payments and proofs are public either way."
        choices={visibilities}
      />
      {form.rule === "multi-krum" && (
        <TextFieldInput
          field="withstand"
          label="Malicious trainers to withstand (f)"
          why="The rule selects all but so many of the fewest."
        />
      )}
      {problems.rule !== undefined && (
        <Alert color="red" title="The rule cannot work like this" role="alert" data-refusal="rule">
          {problems.rule}
        </Alert>
      )}
      {slots !== undefined && (
        <Text size="sm">
          {slots} places in the proof: three are the project's own, {slots - 3} are for trainers.
        </Text>
      )}
      {key !== undefined && (
        <Alert color="yellow" role="note" title="A key must be made first" data-key-to-make>
          {key} An aggregator without it opens no round, so ask yours before you post.
        </Alert>
      )}
    </Section>
  );
}

/** What is paid, staked and charged. */
export function MoneySection({ symbol }: { symbol: string }) {
  return (
    <Section id="post-money" title="Money">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextFieldInput
          field="budget"
          unit={symbol}
          label="Budget of a round"
          why="Shared by those whose updates helped. What nobody earned moves to the next round, and back to you at the end."
        />
        <TextFieldInput
          field="rounds"
          label="Rounds"
          why="Each makes a new model and pays for it. All of them go into escrow when you post."
        />
        <TextFieldInput
          field="flatPercent"
          unit="%"
          label="Flat part"
          why="Of a round's budget, split evenly among accepted trainers; the rest goes by proven contribution."
        />
        <TextFieldInput
          field="capPercent"
          unit="%"
          label="Most for one trainer"
          why="Of a round's budget. Keeps one from taking all; must leave the fewest trainers a way to earn everything."
        />
        <TextFieldInput
          field="stake"
          unit={symbol}
          label="Stake of a trainer"
          why="Locked while taking part, lost only for a proven fault. Makes many identities expensive."
        />
        <TextFieldInput
          field="fee"
          unit={symbol}
          label="Fee for settling"
          why="For the aggregator, each round; must be more than its gas, or nobody settles."
        />
        <TextFieldInput
          field="bond"
          unit={symbol}
          label="Bond of an aggregator"
          why="What an aggregator loses for missing its turn."
        />
        <TextFieldInput
          field="extraRounds"
          label="Spare rounds"
          why="Attempts that may come to nothing before the project ends; only their fees are in escrow."
        />
      </SimpleGrid>
      <OtherTermsNote />
      <Group component="details">
        <Text component="summary" size="sm">
          Another currency, another referee
        </Text>
        <Stack mt="xs">
          <TextFieldInput
            field="token"
            label="Reward token"
            why="Address of an ERC-20 token; empty for the network's own coin, which is wrapped when you post."
          />
          <TextFieldInput
            field="referee"
            label="Referee"
            why="Account that signs each round's reference; empty for the one that posts."
          />
        </Stack>
      </Group>
    </Section>
  );
}

/** Terms that came with a file and have no field: shown as they are, and left behind on demand. */
function OtherTermsNote() {
  const { form, change } = useForm();
  const others = Object.entries(parseOtherTerms(form.otherTermsText));
  if (others.length === 0) return null;
  return (
    <Alert color="blue" role="note" title="Further terms of your file" data-other-terms>
      <Stack gap="xs" align="flex-start">
        <List size="sm">
          {others.map(([name, value]) => (
            <List.Item key={name} style={{ overflowWrap: "anywhere" }}>
              {name}: {String(value)}
            </List.Item>
          ))}
        </List>
        <Button size="xs" variant="default" onClick={() => change({ otherTermsText: "" })}>
          Leave them out
        </Button>
      </Stack>
    </Alert>
  );
}

const paces: readonly { pace: Pace; label: string }[] = [
  { pace: "minutes", label: "Minutes: to try it out" },
  { pace: "hours", label: "Hours" },
  { pace: "days", label: "Days" },
];

/** How long each phase may take. */
export function TimeSection() {
  const { form, change } = useForm();
  const chosen = paceOf(form);
  return (
    <Section id="post-time" title="Time">
      <Text size="sm">
        These are limits: a phase ends earlier when everybody is done. Longer ones forgive machines
        that are off at night.
      </Text>
      <Group role="group" aria-label="Time scale">
        {paces.map(({ pace, label }) => (
          <Button
            key={pace}
            size="xs"
            variant={chosen === pace ? "filled" : "default"}
            aria-pressed={chosen === pace}
            onClick={() => change(paceFields(pace))}
          >
            {label}
          </Button>
        ))}
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <TextFieldInput field="join" label="To join" why="After posting, before round one." />
        <TextFieldInput field="open" label="To open a round" why="For each aggregator in turn." />
        <TextFieldInput field="commit" label="To train" why="And send the update." />
        <TextFieldInput field="reveal" label="To release keys" why="After training." />
        <TextFieldInput field="settle" label="To prove" why="For each aggregator in turn." />
      </SimpleGrid>
    </Section>
  );
}
