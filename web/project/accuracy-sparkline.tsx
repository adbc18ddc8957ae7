import { Group, Text } from "@mantine/core";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import type { Connection } from "../connection.ts";
import { useLoaded } from "../use-loaded.ts";

/** The accuracy that a project's referee claims, over its models; nothing while there is no claim that holds. */
export function AccuracySparkline(props: { project: Project; connection: Connection }) {
  const { projectId, terms } = props.project;
  const { chain } = props.connection;
  const load = async () => {
    const models = await readModels(chain, projectId);
    // Reading an aggregator's answers takes a library of schemas: the list is there before it.
    const { loadEvaluations } = await import("./load-evaluations.ts");
    return loadEvaluations(props.connection, { projectId, referee: terms.referee, models });
  };
  const { loaded } = useLoaded(load, [props.connection, projectId]);
  if (loaded.state !== "ready") return null;
  const values = loaded.value.claims
    .filter(({ problem }) => problem === null)
    .map(({ accuracy }) => accuracy);
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <Sparkline
        values={values}
        title={`claimed accuracy over ${values.length} models, from ${percentText(first)} to ${percentText(last)}`}
      />
      <Text size="sm">{percentText(last)} accuracy, the owner’s claim</Text>
    </Group>
  );
}
