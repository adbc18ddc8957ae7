import { type CommandEvent, describeEvent } from "../command-line/event-lines.ts";
import { collectionLine } from "../housekeeping/collection-line.ts";

/** A line for people about something that an aggregator did; undefined for what only machines want. */
export function serviceLine(event: CommandEvent): string | undefined {
  const round = event.roundIndex === undefined ? "" : ` round ${event.roundIndex}`;
  const line = (text: string) => `project ${event.projectId}${round}: ${text}`;
  switch (event.type) {
    case "ready":
      return `serving at ${event.url} as ${event.account}`;
    case "bonded":
      return line("bond deposited");
    case "waiting":
      return line(`waiting for ${event.for}`);
    case "round-opened":
      return line("opened");
    case "collecting":
      return line(`${event.submitted} updates committed`);
    case "updates-relayed":
      return line(`${event.count} updates sent on for their trainers, ${event.gasUsed} gas`);
    case "proving":
      return line(`proving ${event.readable} readable updates`);
    case "proven":
      return line(`proven in ${Number(event.seconds).toFixed(1)} s${event.isVoid ? ", void" : ""}`);
    case "round-settled":
      return line(`settled for ${event.gasUsed} gas, everybody in it is credited`);
    case "round-abandoned":
      return line("given up, for it cannot be settled: nobody is paid, and no bond is lost");
    case "project-refused":
      return line(`not served: ${event.reason}`);
    case "poked":
      return line(`moved on, for its time was over (${event.phase})`);
    case "project-ended":
      return line("ended");
    case "content-collected":
    case "content-lost":
    case "collection-failed":
      return collectionLine(event);
    case "alert":
      return `ALERT: ${event.message}`;
    case "alert-over":
      return `alert over: ${event.kind} (${event.subject})`;
    case "transaction-ended":
      return event.outcome === "mined" ? undefined : describeEvent(event);
    case "checking":
    case "model-computed":
    case "proof-progress":
      return undefined;
    case "failed":
      return `${event.projectId === undefined ? "" : `project ${event.projectId}: `}trying again after ${event.code}: ${event.message}`;
    default:
      return describeEvent(event);
  }
}
