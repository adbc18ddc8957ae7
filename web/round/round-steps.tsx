import { Table, Text } from "@mantine/core";
import type { EventPlace } from "../../services/adapters/chain/project-events.ts";
import { shortHex } from "../amounts.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { RoundFacts } from "./load-round.ts";

interface Step {
  readonly what: string;
  readonly place: EventPlace;
}

function stepsOf({ opening, submissions, closed, keys, settlement, ended }: RoundFacts): Step[] {
  return [
    ...(opening ? [{ what: "opened by the aggregator, reference committed", place: opening }] : []),
    ...submissions.map((each) => ({
      what: `update of ${shortHex(each.trainer)} committed`,
      place: each,
    })),
    ...(closed ? [{ what: "everybody was in: training ended early", place: closed }] : []),
    ...keys.map((each) => ({
      what: `${each.isReference ? "referee" : shortHex(each.account)} released a key on chain`,
      place: each,
    })),
    ...(settlement ? [{ what: "proofs verified, settled", place: settlement }] : []),
    ...(ended && ended.transactionHash !== settlement?.transactionHash
      ? [{ what: "came to nothing", place: ended }]
      : []),
  ];
}

const clock = new Intl.DateTimeFormat("en-GB", {
  ...{ dateStyle: "medium", timeStyle: "medium" },
});

/** What happened when, and what it cost in gas. */
export function RoundSteps({ facts }: { facts: RoundFacts }) {
  const steps = stepsOf(facts);
  const at = ({ place }: Step) => facts.places.get(place.transactionHash)?.at ?? 0;
  const started = steps[0] ? at(steps[0]) : 0;
  const hashes = steps.map(({ place }) => place.transactionHash);
  const isFirst = (index: number) => hashes.indexOf(hashes[index] as string) === index;
  const gasOf = (hash: string) => facts.places.get(hash)?.gasUsed ?? 0n;
  const totalGas = [...new Set(hashes)].reduce((sum, hash) => sum + gasOf(hash), 0n);
  return (
    <>
      <ScrollTable caption="Steps" head={["Step", "When", "After", "Gas", "Transaction"]}>
        {steps.map((step, index) => (
          <Table.Tr key={`${step.what} ${step.place.transactionHash}`}>
            <Table.Td miw={200}>{step.what}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{clock.format(at(step) * 1000)}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{at(step) - started} s</Table.Td>
            <Table.Td>
              {isFirst(index)
                ? gasOf(step.place.transactionHash).toLocaleString("en")
                : "in the same transaction"}
            </Table.Td>
            <Table.Td ff="monospace" title={step.place.transactionHash}>
              {shortHex(step.place.transactionHash)}
            </Table.Td>
          </Table.Tr>
        ))}
      </ScrollTable>
      <Text size="sm" mt="sm">
        {totalGas.toLocaleString("en")} gas together. Times are the chain’s own. Keys that trainers
        gave to an aggregator directly leave no trace on chain.
      </Text>
    </>
  );
}
