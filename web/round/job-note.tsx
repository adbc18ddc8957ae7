import { List } from "@mantine/core";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { getRoundJob } from "../../services/adapters/dag-json/round-job-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import type { RoundJob } from "../../services/protocol/round/round-job.ts";
import type { Connection } from "../connection.ts";
import { useLoaded } from "../use-loaded.ts";

/** A gateway that does not know a job may look for it for long; the page says so instead. */
const TIMEOUT_MS = 8000;

/** What a job changes, in words. */
export function jobText({ learningRate, epochs }: RoundJob): string {
  const changes = [
    ...(learningRate === undefined ? [] : [`a learning rate of ${learningRate}`]),
    ...(epochs === undefined ? [] : [`${epochs} passes over the samples`]),
  ];
  return changes.length === 0
    ? "The referee announced a job for the round that changes nothing."
    : `For this round the referee announced ${changes.join(" and ")}; the rest is as the project’s manifest says.`;
}

/** What the referee changed of the training settings for a round, from the file that the opening names. */
export function JobNote({ jobCid, connection }: { jobCid: string; connection: Connection }) {
  const load = async () => {
    const store = createGatewayStore({ urls: [connection.settings.gateway] });
    try {
      return jobText(await getRoundJob(store, jobCid, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
    } catch (error) {
      const why =
        error instanceof CommonweightError ? `${error.code}: ${error.message}` : `${error}`;
      return `The referee announced other training settings for this round, which could not be read here: ${why}`;
    }
  };
  const { loaded } = useLoaded(load, [connection, jobCid]);
  return (
    <List.Item>{loaded.state === "ready" ? loaded.value : "Reading the round’s job…"}</List.Item>
  );
}
