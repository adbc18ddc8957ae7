import { type CommandEvent, describeEvent } from "../../command-line/event-lines.ts";
import { collectionLine } from "../../housekeeping/collection-line.ts";

/** A line for people about something that happened to a referee; undefined for what only machines want. */
export function referenceLine(event: CommandEvent): string | undefined {
  const line = (text: string) => `round ${event.roundIndex}: ${text}`;
  switch (event.type) {
    case "reference":
      return `${event.severity}: ${event.message}`;
    case "awaiting":
      return `waiting until project ${event.projectId} is posted`;
    case "ready":
      return `serving the references of project ${event.projectId} as ${event.account}`;
    case "evaluated":
      return `model ${event.version}: accuracy ${(100 * Number(event.accuracy)).toFixed(1)} %, loss ${Number(event.loss).toFixed(3)}`;
    case "reference-training":
    case "reference-trained":
    case "reference-sealing":
    case "reference-sealed":
      return undefined;
    case "reference-ready":
      return line("committed to reference and pay gradient, before anybody trains");
    case "reference-released":
      return line(
        event.aggregator === "chain"
          ? "keys released on chain"
          : "everybody has committed: keys released to the aggregator",
      );
    case "content-collected":
    case "content-lost":
    case "collection-failed":
      return collectionLine(event);
    case "waiting":
    case "failed":
      return `trying again: ${event.message}`;
    default:
      return describeEvent(event);
  }
}
