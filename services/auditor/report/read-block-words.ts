import type { LaterEvents, ReadBlock } from "../evidence/read-block.ts";

const said: Readonly<Record<ReadBlock["finality"], string>> = {
  final: "which the node calls final",
  "not-final": "which the node does not call final: a reorganisation may still replace it",
  unknown: "and the node calls no block final: a reorganisation may still replace it",
};

/** Which block everything was read at, and what the node says of it. */
export const readBlockWords = ({
  block,
  hash,
  finality,
}: Pick<ReadBlock, "block" | "hash" | "finality">): string =>
  `read at block ${block} (${hash}), ${said[finality]}`;

/** How much of the chain came after it. */
export const newerBlocksWords = ({ block, newestBlock }: ReadBlock): string =>
  newestBlock === block
    ? "there was no newer block"
    : newestBlock === block + 1
      ? "1 newer block was not looked at"
      : `${newestBlock - block} newer blocks were not looked at`;

/** What happened in the project after it; undefined when nothing did. */
export function laterWords(
  { events, rounds }: LaterEvents,
  { block }: Pick<ReadBlock, "block">,
): string | undefined {
  if (events === 0) return undefined;
  const [first, ...more] = rounds;
  const what =
    first === undefined
      ? events === 1
        ? "1 event of the project"
        : `${events} events of the project`
      : more.length === 0
        ? `the end of round ${first}`
        : `the ends of rounds ${rounds.join(", ")}`;
  return `not looked at: ${what}, after block ${block}`;
}
