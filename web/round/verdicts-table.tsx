import { Progress, Table, Text } from "@mantine/core";
import { verdictReasons, whyExcluded } from "../../services/auditor/verdict-reasons.ts";
import { SHARE_TOTAL, WEIGHT_TOTAL } from "../../services/protocol/round-rule.ts";
import { FIRST_TRAINER_SLOT } from "../../services/protocol/round-terms.ts";
import { Amount } from "../amount.tsx";
import { percentText, shortAmount, shortHex } from "../amounts.ts";
import { verdictText } from "../project-words.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { RoundFacts } from "./load-round.ts";

/** Why a trainer got what it got, from the verdict to the sum, with the numbers that the contract computed. */
export function payReason(facts: RoundFacts, index: number): string {
  const { outcome, pay, settlement, submissions, request, token, project } = facts;
  if (outcome === undefined || pay === undefined || settlement === undefined) return "";
  const place = (submissions[index]?.slot ?? 0) - FIRST_TRAINER_SLOT;
  const verdict = outcome.verdicts[place] ?? "inactive";
  const payoutWei = pay.payoutsWei[place] ?? 0n;
  const forfeitWei = (settlement.earningsWei[index] ?? 0n) - payoutWei;
  const money = (wei: bigint) => shortAmount(wei, token);
  const bonds = forfeitWei > 0n ? [`${money(forfeitWei)} of the bonds of late aggregators`] : [];
  const withBonds = (text: string) => [text, ...bonds].join("; besides, ");
  if (verdict === "inactive") {
    const why = request
      ? whyExcluded(request, place + FIRST_TRAINER_SLOT)
      : verdictReasons.inactive;
    return withBonds(
      `${why}. That is the aggregator’s word, and costs neither stake nor reliability`,
    );
  }
  if (verdict !== "accepted") return withBonds(verdictReasons[verdict]);
  if (outcome.weights.every((weight) => weight === 0))
    return withBonds("nobody is paid in a void round");
  const [flat, byShare] = [pay.flatWei[place] ?? 0n, pay.byShareWei[place] ?? 0n];
  const cap = flat + byShare > payoutWei ? `, cut to the cap of ${money(payoutWei)}` : "";
  const { flatBps } = project.terms;
  const evenPart = `${money(flat)} as an even part of ${flatBps / 100} % of the budget`;
  if ((outcome.shares[place] ?? 0) === 0) {
    return withBonds(
      `${evenPart}${cap}; nothing by share: on the owner’s pay samples the update did not lower the loss, or was nothing new`,
    );
  }
  return withBonds(`${evenPart}, ${money(byShare)} by share of the rest${cap}`);
}

/** Who handed in what, and what was decided about it. */
export function VerdictsTable({ facts }: { facts: RoundFacts }) {
  const { submissions, settlement, outcome, token } = facts;
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
              {shortHex(trainer)}
            </Table.Td>
            <Table.Td miw={130}>{verdict ? verdictText(verdict) : "not decided yet"}</Table.Td>
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
              {payReason(facts, index) || "–"}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
}
