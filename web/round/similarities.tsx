import { Text } from "@mantine/core";
import type { RoundFacts } from "./load-round.ts";

/** Why there is no heat map of the updates' similarities, and what there is instead. */
export function Similarities({ facts: { request, project } }: { facts: RoundFacts }) {
  return (
    <>
      <Text size="sm" data-gram="hidden">
        Everything above follows from one table, the Gram matrix: how much each update points the
        same way as the reference, the pay gradient, the last change and the other updates. The page
        cannot draw it, because nobody publishes it. This market’s terms have no way to publish it:
        it would tell whose data resemble whose, and by how much each trainer agreed with the
        owner’s hidden reference. The {project.terms.aggregators.length} aggregators can see it;
        everybody else sees a salted hash, which the proof is about. That the hidden table belongs
        to the committed updates, and the verdicts to the table, is what the two proofs show.
      </Text>
      {request && (
        <Text size="xs" ff="monospace" mt="xs" style={{ overflowWrap: "anywhere" }}>
          salted hash of the table: 0x{request.proof.gramHash.toString(16).padStart(64, "0")}
        </Text>
      )}
    </>
  );
}
