import { Alert, Stack, Table, Text } from "@mantine/core";
import { ATTACKS } from "../../services/learning/attacks/apply-attack.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { TriedAttack } from "./rehearsal-messages.ts";

const percentOrNone = (part: number | null) => (part === null ? "–" : percentText(part, 0));
const summaryOf = (attack: string) => ATTACKS.find(({ name }) => name === attack)?.summary;

/** What was found, without the advice that follows it: seventeen times the same would hide the numbers. */
const firstClause = (finding: string) => finding.split(/[,:]/)[0];

function TrialRow({ tried }: { tried: TriedAttack }) {
  const { attack, finalAccuracy, missedShare, falseRemovalShare, attackerPayShare } = tried;
  const isHeld = tried.findings.length === 0;
  return (
    <Table.Tr data-tried={attack ?? "nobody"} data-held={isHeld}>
      <Table.Td miw={170}>
        <Text size="sm" fw={600}>
          {attack ?? "nobody attacks"}
        </Text>
        {attack !== null && <Text size="xs">{summaryOf(attack)}</Text>}
      </Table.Td>
      <Table.Td>{percentOrNone(finalAccuracy)}</Table.Td>
      <Table.Td>{percentOrNone(missedShare)}</Table.Td>
      <Table.Td>{attack === null ? "–" : percentOrNone(attackerPayShare)}</Table.Td>
      <Table.Td>{percentOrNone(falseRemovalShare)}</Table.Td>
      <Table.Td miw={170}>
        {isHeld ? "held" : `did not hold: ${tried.findings.map(firstClause).join("; ")}`}
      </Table.Td>
    </Table.Tr>
  );
}

/** What came of every attack that was tried, and how many the rule held against once all were. */
export function SurveyView(props: {
  readonly tried: readonly TriedAttack[];
  /** Null while it is not at its end. */
  readonly surveyed: { readonly samples: number } | null;
  readonly isMadeUp: boolean;
}) {
  const { tried, surveyed, isMadeUp } = props;
  const attacks = tried.filter(({ attack }) => attack !== null);
  const held = attacks.filter(({ findings }) => findings.length === 0);
  return (
    <Stack gap="sm">
      {surveyed && (
        <Alert
          color={held.length === attacks.length ? "green" : "yellow"}
          role="status"
          data-surveyed={`${held.length}/${attacks.length}`}
          title={`The rule held against ${held.length} of ${attacks.length} attacks`}
        >
          <Text size="sm">
            On {surveyed.samples.toLocaleString("en")} {isMadeUp ? "invented " : ""}samples. An
            attack that is accepted, takes no more than an equal share and leaves the accuracy of
            the first line does little harm; one that lowers it is what the rule is for.
          </Text>
        </Alert>
      )}
      <ScrollTable
        caption="Attacks tried"
        head={[
          ...["Attack", "Accuracy at the end", "Attackers accepted", "Attackers' pay"],
          ...["Honest rejected", "The rule"],
        ]}
      >
        {tried.map((each) => (
          <TrialRow key={each.attack ?? ""} tried={each} />
        ))}
      </ScrollTable>
    </Stack>
  );
}
