import { Anchor, Progress, Table, Text } from "@mantine/core";
import { verdictReasons, whyExcluded } from "../../services/auditor/checks/verdict-reasons.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { SHARE_TOTAL, WEIGHT_TOTAL } from "../../services/protocol/rule/round-rule.ts";
import { FIRST_TRAINER_SLOT } from "../../services/protocol/rule/round-terms.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import { verdictText } from "../project-words.ts";
import { trainerHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { RoundFacts } from "./load-round.ts";
import { payReason } from "./pay-reason.ts";

/** Who handed in what, and what was decided about it. */
export function VerdictsTable({ facts }: { facts: RoundFacts }) {
  const { submissions, settlement, outcome, pay, request, token, project } = facts;
  if (submissions.length === 0) return <Text>Nobody has handed in an update yet.</Text>;
  return (
    <ScrollTable
      caption="Updates"
      head={["Trainer", "Verdict", "Weight", "Share", "Earned", "Why"]}
    >
      {submissions.map(({ slot, trainer }, index) => {
        const place = slot - FIRST_TRAINER_SLOT;
        const verdict = outcome?.verdicts[place];
        const share = (outcome?.shares[place] ?? 0) / SHARE_TOTAL;
        return (
          <Table.Tr key={slot} data-verdict={verdict ?? "pending"}>
            <Table.Td ff="monospace" title={trainer} style={{ whiteSpace: "nowrap" }}>
              <Anchor inherit href={trainerHref(project.projectId, trainer)}>
                {shortHex(trainer)}
              </Anchor>
            </Table.Td>
            <Table.Td miw={180}>{verdict ? verdictText(verdict) : "not decided yet"}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              {outcome ? `${outcome.weights[place]} / ${WEIGHT_TOTAL}` : "–"}
            </Table.Td>
            <Table.Td miw={90}>
              {outcome ? percentText(share) : "–"}
              <Progress value={share * 100} size="sm" aria-label={`share of ${trainer}`} />
            </Table.Td>
            <Table.Td>
              {settlement ? <Amount wei={settlement.earningsWei[index] ?? 0n} unit={token} /> : "–"}
            </Table.Td>
            <Table.Td miw={280} fz="sm">
              {settlement && outcome && pay
                ? payReason({
                    ...{ outcome, pay, place, token, flatBps: project.terms.flatBps },
                    earnedWei: settlement.earningsWei[index] ?? 0n,
                    whyUnread: request ? whyExcluded(request, slot) : verdictReasons.inactive,
                  })
                : "–"}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
}
