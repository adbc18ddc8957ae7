import { Badge, List, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { percentText } from "../../services/protocol/percent-text.ts";
import { type CurvePoint, LineChart } from "../charts/line-chart.tsx";
import type { EvaluationClaim } from "./check-evaluations.ts";
import type { EvaluationClaims } from "./load-evaluations.ts";

const modelName = (version: number) => (version === 0 ? "the initial model" : `model ${version}`);

function Curve(props: {
  readonly claims: readonly EvaluationClaim[];
  readonly what: "accuracy" | "loss";
}) {
  const { claims, what } = props;
  const isAccuracy = what === "accuracy";
  const text = (value: number) => (isAccuracy ? percentText(value) : value.toFixed(3));
  const points = claims.map((claim) => ({ x: claim.version, y: claim[what] }));
  const [first, last] = [points[0] as CurvePoint, points.at(-1) as CurvePoint];
  const say = ({ x, y }: CurvePoint) => {
    const samples = claims.find(({ version }) => version === x)?.samples.toLocaleString("en");
    return `${modelName(x)}: ${what} ${text(y)} on ${samples} samples, says the referee`;
  };
  return (
    <LineChart
      title={isAccuracy ? "Accuracy by model" : "Loss by model"}
      description={`The referee's claims: from ${text(first.y)} for ${modelName(first.x)} to ${text(last.y)} for ${modelName(last.x)}.`}
      points={points}
      {...(isAccuracy ? { top: 1 } : {})}
      valueText={(value) => (isAccuracy ? `${Math.round(value * 100)} %` : String(value))}
      say={say}
      legend={`${modelName(last.x)}: ${text(last.y)}`}
      head={["Model", isAccuracy ? "Accuracy" : "Loss", "Samples"]}
      rows={claims.map((claim) => (
        <Table.Tr key={claim.version}>
          <Table.Td>{claim.version}</Table.Td>
          <Table.Td>{text(claim[what])}</Table.Td>
          <Table.Td>{claim.samples.toLocaleString("en")}</Table.Td>
        </Table.Tr>
      ))}
    />
  );
}

/** How the model is said to have learned, as curves, with what such a claim is worth. */
export function EvaluationCurves({ claims, away }: EvaluationClaims) {
  const shown = claims.filter(({ problem }) => problem === null);
  const refused = claims.filter(({ problem }) => problem !== null);
  return (
    <Stack gap="sm">
      {claims.length > 0 && (
        <Text size="sm" data-claims={shown.length}>
          <Badge color="yellow" variant="light" c="var(--mantine-color-text)" mr={6}>
            the owner’s claim, not proven
          </Badge>
          The project’s referee measured these on samples of its own. Your browser checked that the
          referee signed each number, for the model that the chain has. Whether the numbers are
          right, nobody can see from here: no proof covers them. Whoever has samples can measure the
          same models: “commonweight owner evaluate” with --data.
        </Text>
      )}
      {away !== null && <Text size="sm">The server in Settings does not tell any now: {away}</Text>}
      {away === null && claims.length === 0 && (
        <Text size="sm">The referee has not published any measurement.</Text>
      )}
      {shown.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Curve claims={shown} what="accuracy" />
          <Curve claims={shown} what="loss" />
        </SimpleGrid>
      )}
      {refused.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            Not shown, because somebody else could have made them up:
          </Text>
          <List size="sm">
            {refused.map(({ version, problem }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two claims may be about the same model, and none ever moves
              <List.Item key={index}>
                model {version}: {problem}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}
