import { Anchor, Group, Table, Text } from "@mantine/core";
import { percentText } from "../../services/protocol/percent-text.ts";
import { shortAmount, shortHex } from "../amounts.ts";
import { verdictText } from "../project-words.ts";
import { roundHref, trainerHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { useNewest } from "../use-newest.tsx";
import { contributions, type TrainerRound } from "./contributions.tsx";
import type { ProjectHistory } from "./load-history.ts";

/** A verdict in a word or two, for a cell. */
const shortVerdicts: Readonly<Record<string, string>> = {
  "above-norm-bound": "over bound",
  duplicate: "copied",
  "too-large": "too large",
  "too-small": "too small",
  "against-reference": "against",
  "stale-copy": "old copy",
  "not-selected": "not chosen",
  inactive: "unread",
};

/** What came of an update, and how a cell of the grid shows it. */
export interface VerdictCell {
  readonly kind: "accepted" | "removed" | "undecided" | "absent";
  readonly text: string;
  /** In full, with the reason and the pay. */
  readonly title: string;
  /** 0 to 1: how strong the cell's colour is. */
  readonly strength: number;
}

/** A cell of the grid, from what a settled round says of a trainer. */
export function verdictCell(
  round: Pick<TrainerRound, "verdict" | "share"> | undefined,
  { isVoid, earned }: { readonly isVoid: boolean; readonly earned: string },
): VerdictCell {
  if (round === undefined) {
    return { kind: "absent", text: "–", title: "handed in nothing", strength: 0 };
  }
  const { verdict, share } = round;
  const why = verdictText(verdict);
  if (isVoid) {
    return { kind: "undecided", text: "void", title: `void round (${why})`, strength: 0 };
  }
  if (verdict === "accepted") {
    const text = percentText(share);
    return {
      kind: "accepted",
      text,
      title: `accepted, ${text} of the pay: ${earned}`,
      strength: share,
    };
  }
  const text = shortVerdicts[verdict] ?? verdict;
  const isUndecided = verdict === "inactive" || verdict === "not-selected";
  return { kind: isUndecided ? "undecided" : "removed", text, title: why, strength: 0 };
}

/** A cell for who does not see the grid: what is visible first, so that it is found by what others see. */
export const cellLabel = ({ text, title }: Pick<VerdictCell, "text" | "title">, where: string) =>
  `${text}: ${where}, ${title}`;

const backgrounds = {
  accepted: "light-dark(#2b8a3e, #69db7c)",
  removed: "light-dark(#c92a2a, #ff8787)",
  undecided: "light-dark(#868e96, #adb5bd)",
  absent: "transparent",
} as const;

/** Tinted, never so strong that the text above loses its contrast. */
const tint = ({ kind, strength }: Pick<VerdictCell, "kind" | "strength">) =>
  `color-mix(in srgb, ${backgrounds[kind]} ${Math.round(14 + 26 * Math.min(1, strength))}%, transparent)`;

const legend = [
  ["accepted", "accepted: its share of the pay, the darker the more"],
  ["removed", "removed by the proven rule"],
  ["undecided", "not decided about: unread, not chosen, or a void round"],
] as const;

/** Every trainer in the settled rounds: taken or not, why, and for which share of the pay. */
export function VerdictGrid({ history }: { history: ProjectHistory }) {
  const { settlements, events, project, token } = history;
  const { shown, button } = useNewest(settlements, "rounds");
  if (settlements.length === 0) return <Text>No round has been settled yet.</Text>;
  const rounds = contributions(shown, project.terms.slots);
  const joined = events.filter(({ name }) => name === "TrainerJoined");
  const trainers = [...new Set(joined.map(({ args }) => String(args.trainer)))];
  const { projectId } = project;
  return (
    <>
      <ScrollTable
        caption="Every trainer in every round"
        head={["Trainer", ...rounds.map(({ roundIndex }) => `Round ${roundIndex}`)]}
      >
        {trainers.map((trainer) => (
          <Table.Tr key={trainer}>
            <Table.Th
              scope="row"
              ff="monospace"
              fw={400}
              title={trainer}
              style={{ whiteSpace: "nowrap" }}
            >
              <Anchor inherit href={trainerHref(projectId, trainer)}>
                {shortHex(trainer)}
              </Anchor>
            </Table.Th>
            {rounds.map(({ roundIndex, of }) => {
              const round = of.get(trainer);
              const isVoid = [...of.values()].every(({ weight }) => weight === 0);
              const earned = shortAmount(round?.earnedWei ?? 0n, token);
              const cell = verdictCell(round, { isVoid, earned });
              return (
                <Table.Td
                  key={roundIndex}
                  data-cell={cell.kind}
                  title={cell.title}
                  style={{ background: tint(cell), whiteSpace: "nowrap" }}
                >
                  {cell.kind === "absent" ? (
                    cell.text
                  ) : (
                    <Anchor
                      inherit
                      c="inherit"
                      href={roundHref(projectId, roundIndex)}
                      aria-label={cellLabel(cell, `round ${roundIndex} of ${shortHex(trainer)}`)}
                    >
                      {cell.text}
                    </Anchor>
                  )}
                </Table.Td>
              );
            })}
          </Table.Tr>
        ))}
      </ScrollTable>
      {button}
      <Group gap="2px 16px" mt="xs">
        {legend.map(([kind, text]) => (
          <Text key={kind} size="sm" component="span">
            <span
              aria-hidden
              style={{
                ...{ display: "inline-block", width: 12, height: 12, borderRadius: 2 },
                ...{ background: tint({ kind, strength: 1 }), marginRight: 6 },
              }}
            />
            {text}
          </Text>
        ))}
      </Group>
    </>
  );
}
