import { Table, Text } from "@mantine/core";
import { readProjectHistory } from "../../services/auditor/evidence/project-history.ts";
import {
  type ReliabilityStep,
  replayReliability,
} from "../../services/auditor/replay-reliability.ts";
import { isSameAddress } from "../../services/protocol/address.ts";
import { MAX_RELIABILITY } from "../../services/protocol/market/reliability.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { type CurvePoint, LineChart } from "../charts/line-chart.tsx";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { verdictText } from "../project-words.ts";
import { useLoaded } from "../use-loaded.ts";
import type { ProjectHistory } from "./load-history.ts";

/** A trainer's reliability, 0 to 1, over its settled rounds. */
export interface ReliabilityPoint extends CurvePoint {
  readonly verdict: string;
}

/** A trainer's points, from the replay of all. */
export const reliabilityPoints = (
  steps: readonly ReliabilityStep[],
  trainer: string,
): ReliabilityPoint[] =>
  steps
    .filter((step) => isSameAddress(step.trainer, trainer))
    .map(({ roundIndex, score, verdict }) => ({
      ...{ x: roundIndex, y: score / MAX_RELIABILITY },
      verdict: verdictText(verdict),
    }));

function Curve({ points }: { points: readonly ReliabilityPoint[] }) {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) {
    return <Text>No round with an update of this trainer is settled yet.</Text>;
  }
  const verdictAt = (x: number) => points.find((point) => point.x === x)?.verdict ?? "";
  return (
    <LineChart
      title="Reliability after each round"
      description={`From ${percentText(first.y)} after round ${first.x} to ${percentText(last.y)} after round ${last.x}.`}
      points={points}
      top={1}
      valueText={(value) => `${Math.round(value * 100)} %`}
      say={({ x, y }) => `Round ${x}: ${percentText(y)}, ${verdictAt(x)}`}
      legend={`after round ${last.x}: ${percentText(last.y)}`}
      head={["Round", "Reliability", "Verdict"]}
      rows={points.map(({ x, y, verdict }) => (
        <Table.Tr key={x}>
          <Table.Td>{x}</Table.Td>
          <Table.Td>{percentText(y)}</Table.Td>
          <Table.Td>{verdict}</Table.Td>
        </Table.Tr>
      ))}
    />
  );
}

/** How a trainer's reliability moved in a project, computed here from the proven verdicts with the auditor's code. */
export function ReliabilityCurve(props: {
  readonly history: ProjectHistory;
  readonly connection: Connection;
  readonly trainer: string;
}) {
  const { history, connection, trainer } = props;
  const { projectId, terms } = history.project;
  const load = async () => {
    const upTo = { toBlock: history.blockNumber };
    const told = await readProjectHistory(connection.chain, projectId, upTo);
    return reliabilityPoints(replayReliability(told, terms).steps, trainer);
  };
  const { loaded, reload } = useLoaded(load, [connection, projectId, history.blockNumber]);
  return (
    <LoadedView loaded={loaded} what="its reliability" onRetry={reload}>
      {(points) => (
        <>
          <Curve points={points} />
          <Text size="sm">
            Computed in your browser from the proven verdicts; “Verify this project” compares it
            with what the chain recorded. It begins at 50 %, and fades back there with time.
          </Text>
        </>
      )}
    </LoadedView>
  );
}
