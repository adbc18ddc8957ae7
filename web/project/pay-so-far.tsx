import { Text } from "@mantine/core";
import {
  readSettlements,
  type Settlement,
} from "../../services/adapters/chain/rounds/settlements.ts";
import type { TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { Amount } from "../amount.tsx";
import type { Connection } from "../connection.ts";
import { useLoaded } from "../use-loaded.ts";

/** What trainers of a project earned in settled rounds, on average over everybody who handed something in. */
export function payPerTrainer(
  settlements: readonly Pick<Settlement, "trainers" | "earningsWei">[],
): { readonly trainers: number; readonly averageWei: bigint } {
  const trainers = new Set(settlements.flatMap((each) => each.trainers)).size;
  const totalWei = settlements
    .flatMap(({ earningsWei }) => earningsWei)
    .reduce((sum, wei) => sum + wei, 0n);
  return { trainers, averageWei: trainers === 0 ? 0n : totalWei / BigInt(trainers) };
}

/** What a trainer of the project has earned so far, on average; nothing before the first settlement. */
export function PaySoFar(props: {
  readonly projectId: bigint;
  readonly token: TokenUnit;
  readonly connection: Connection;
}) {
  const { projectId, token, connection } = props;
  const load = () => readSettlements(connection.chain, projectId);
  const { loaded } = useLoaded(load, [connection, projectId]);
  if (loaded.state !== "ready" || loaded.value.length === 0) return null;
  const { trainers, averageWei } = payPerTrainer(loaded.value);
  return (
    <Text size="sm">
      <Amount wei={averageWei} unit={token} /> a trainer so far, on average of {trainers}
    </Text>
  );
}
