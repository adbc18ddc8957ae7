import { Anchor, Text } from "@mantine/core";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { shortHex } from "../amounts.ts";
import { roundHref } from "../route.ts";
import { useNewest } from "../use-newest.tsx";
import type { ProjectHistory } from "./load-history.ts";

/** How a model came out of the one before. */
export interface LineageStep {
  readonly version: number;
  /** First coordinate of the commitment, 64 digits. */
  readonly commitment: string;
  /** The round that made it, and how many updates it is the weighted sum of; undefined for the first model. */
  readonly from: { readonly roundIndex: number; readonly updates: number } | undefined;
}

/** A project's models in order, with what each added to the one before. */
export function lineageSteps({
  models,
  settlements,
  project,
}: Pick<ProjectHistory, "models" | "settlements"> & {
  readonly project: { readonly terms: { readonly slots: number } };
}): LineageStep[] {
  return models.map(({ version, roundIndex, commitment }) => {
    const settled = settlements.find((each) => each.roundIndex === roundIndex);
    const weights = settled ? unpackOutcome(settled.outcomeWords, project.terms.slots).weights : [];
    const updates = weights.filter((weight) => weight > 0).length;
    return {
      version,
      commitment: `0x${commitment.x.toString(16).padStart(64, "0")}`,
      from: version === 0 ? undefined : { roundIndex, updates },
    };
  });
}

const box = {
  ...{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 6 },
  ...{ padding: "4px 10px", display: "inline-block" },
} as const;

/** How each model follows from the one before, drawn as a chain from left to right. */
export function LineageDrawing({ history }: { history: ProjectHistory }) {
  const { projectId } = history.project;
  const { shown, button } = useNewest(lineageSteps(history), "steps");
  return (
    <>
      <ol
        aria-label="How the models follow from each other"
        style={{
          ...{ display: "flex", flexWrap: "wrap", gap: "8px 6px", alignItems: "center" },
          ...{ listStyle: "none", margin: 0, padding: 0 },
        }}
      >
        {shown.map(({ version, commitment, from }) => (
          <li
            key={version}
            data-step={version}
            style={{ display: "flex", gap: 6, alignItems: "center", flexWrap: "wrap" }}
          >
            {from && (
              <Text size="xs" component="span">
                <Anchor inherit href={roundHref(projectId, from.roundIndex)}>
                  + {from.updates} weighted updates of round {from.roundIndex}
                </Anchor>{" "}
                <span aria-hidden>→</span>
              </Text>
            )}
            <span style={box}>
              <Text size="sm" component="span" fw={600}>
                Model {version}
              </Text>{" "}
              <Text size="xs" component="span" ff="monospace" title={commitment}>
                {shortHex(commitment)}
              </Text>
            </span>
          </li>
        ))}
      </ol>
      {button}
      <Text size="sm" my="xs">
        Commitments add up: that of each model is that of the one before plus the weighted sum of
        those of the updates. The contract has added them, and “Verify this project” adds them
        again.
      </Text>
    </>
  );
}
