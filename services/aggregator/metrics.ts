import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ServiceEvent } from "./service-event.ts";

/** Figures for a monitoring system, in Prometheus' text format. */
export interface Metrics {
  /** Counts an event; every figure of ours comes from the events that the service tells anyway. */
  record(event: ServiceEvent): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Makes a registry of its own, so that two services in one process do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "commonweight_" });
  const events = new Counter({
    name: "commonweight_events_total",
    help: "Things that happened, by type.",
    labelNames: ["type"],
    registers: [registry],
  });
  const alerts = new Gauge({
    name: "commonweight_alerts",
    help: "Things that the operator has to look at now, by kind.",
    labelNames: ["kind"],
    registers: [registry],
  });
  const proofSeconds = new Histogram({
    name: "commonweight_proof_seconds",
    help: "Seconds of a proof, from its opened bundles on.",
    buckets: [1, 2, 5, 10, 20, 40, 80, 160, 320],
    registers: [registry],
  });
  const settlementGas = new Histogram({
    name: "commonweight_settlement_gas",
    help: "Gas of settlements.",
    buckets: [400_000, 500_000, 600_000, 800_000, 1_000_000, 1_500_000, 2_000_000],
    registers: [registry],
  });
  const collectedBytes = new Counter({
    name: "commonweight_collected_bytes_total",
    help: "Bytes of content that no project needed any more, and that were removed.",
    registers: [registry],
  });
  const keptContents = new Gauge({
    name: "commonweight_kept_contents",
    help: "Manifests, models, bundles and jobs that are kept, as of the last collection.",
    registers: [registry],
  });
  return {
    record: (event) => {
      events.inc({ type: event.type });
      if (event.type === "alert") alerts.inc({ kind: String(event.kind) });
      if (event.type === "alert-over") alerts.dec({ kind: String(event.kind) });
      if (event.type === "proven") proofSeconds.observe(Number(event.seconds));
      if (event.type === "content-collected") {
        collectedBytes.inc(Number(event.bytes ?? 0));
        keptContents.set(Number(event.kept));
      }
      if (event.type === "round-settled") settlementGas.observe(Number(event.gasUsed));
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
