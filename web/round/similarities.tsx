import { Table, Text } from "@mantine/core";
import { FIRST_TRAINER_SLOT } from "../../services/protocol/rule/round-terms.ts";
import { shortHex } from "../amounts.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { RoundFacts } from "./load-round.ts";
import { type ProvenFact, provenSimilarity } from "./proven-similarity.ts";

const tints = {
  for: "color-mix(in srgb, light-dark(#2b8a3e, #69db7c) 22%, transparent)",
  against: "color-mix(in srgb, light-dark(#c92a2a, #ff8787) 24%, transparent)",
  nothing: "transparent",
} as const;

const marks = { for: "✓ ", against: "✗ ", nothing: "" } as const;

function FactCell({ fact }: { fact: ProvenFact }) {
  return (
    <Table.Td data-fact={fact.kind} miw={150} style={{ background: tints[fact.kind] }}>
      <span aria-hidden>{marks[fact.kind]}</span>
      {fact.text}
    </Table.Td>
  );
}

/** What the proof shows of the updates' similarities, and why their numbers are not to be had. */
export function Similarities({ facts }: { facts: RoundFacts }) {
  const { request, project, submissions, outcome, hasLastChange } = facts;
  return (
    <>
      {outcome && (
        <ScrollTable
          caption="What is proven of each update"
          head={[
            "Update of",
            "Length",
            "Other updates",
            "Owner’s reference",
            "Last round’s change",
          ]}
        >
          {submissions.map(({ slot, trainer }) => {
            const verdict = outcome.verdicts[slot - FIRST_TRAINER_SLOT] ?? "inactive";
            const proven = provenSimilarity(verdict, hasLastChange);
            return (
              <Table.Tr key={slot} data-proven={verdict}>
                <Table.Th
                  scope="row"
                  ff="monospace"
                  fw={400}
                  title={trainer}
                  style={{ whiteSpace: "nowrap" }}
                >
                  {shortHex(trainer)}
                </Table.Th>
                <FactCell fact={proven.length} />
                <FactCell fact={proven.others} />
                <FactCell fact={proven.reference} />
                <FactCell fact={proven.last} />
              </Table.Tr>
            );
          })}
        </ScrollTable>
      )}
      <Text size="sm" mt="xs" data-gram="hidden">
        {outcome && "Each cell follows from a verdict, which is proven; nothing of it is claimed. "}
        The numbers behind it, one table of how much each update points the same way as every other
        (the Gram matrix), nobody publishes: they would tell whose data resemble whose, and by how
        much each trainer agreed with the owner’s hidden reference. The project’s{" "}
        {project.terms.aggregators.length === 1 ? "aggregator" : "aggregators"} can see them;
        everybody else sees a salted hash, which the proof is about. The rehearsal of “Post a
        project” draws such a table, of updates that are its own.
      </Text>
      {request && (
        <Text size="xs" ff="monospace" mt="xs" style={{ overflowWrap: "anywhere" }}>
          salted hash of the table: 0x{request.proof.gramHash.toString(16).padStart(64, "0")}
        </Text>
      )}
    </>
  );
}
