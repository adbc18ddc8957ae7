/** What a market's time goes into, in the order in which overlapping work is counted: what comes first wins. */
export const PHASES = ["training", "proof", "storage", "chain", "waiting"] as const;
export type Phase = (typeof PHASES)[number];

/** An event of one of the market's processes and when it arrived. */
export interface TimedEvent {
  readonly process: string;
  readonly type: string;
  readonly ms: number;
}

/**
 * Events that begin and end a piece of work in one process. Whatever nobody does any of is waiting: joining, and from one
 * step to the next.
 */
const WORK: readonly {
  readonly phase: Phase;
  readonly from: string;
  readonly to: readonly string[];
}[] = [
  { phase: "training", from: "training", to: ["trained"] },
  { phase: "training", from: "reference-training", to: ["reference-trained"] },
  { phase: "proof", from: "proving", to: ["proven"] },
  // Commitment, sealing and handing the bundle to the node.
  { phase: "storage", from: "trained", to: ["sealed"] },
  { phase: "storage", from: "reference-sealing", to: ["reference-sealed"] },
  // The aggregator fetches, opens and checks the bundles.
  { phase: "storage", from: "checking", to: ["proving"] },
  { phase: "chain", from: "sealed", to: ["submitted"] },
  { phase: "chain", from: "proven", to: ["round-settled"] },
];

/**
 * Divides the time between two instants by what the market did: each instant counts once, for the first of {@link PHASES} that
 * any process was in. Milliseconds.
 */
export function phaseTimes(
  events: readonly TimedEvent[],
  span: { readonly fromMs: number; readonly toMs: number },
): Record<Phase, number> {
  const intervals = WORK.flatMap(({ phase, from, to }) =>
    events.flatMap((start, index) => {
      if (start.type !== from) return [];
      const end = events
        .slice(index + 1)
        .find((each) => each.process === start.process && to.includes(each.type));
      // Work that nobody reports the end of was cut off: its time counts as waiting.
      return end === undefined ? [] : [{ phase, fromMs: start.ms, toMs: end.ms }];
    }),
  );
  const edges = [span.fromMs, span.toMs, ...intervals.flatMap((each) => [each.fromMs, each.toMs])]
    .filter((ms) => ms >= span.fromMs && ms <= span.toMs)
    .sort((a, b) => a - b);
  const times: Record<Phase, number> = { training: 0, proof: 0, storage: 0, chain: 0, waiting: 0 };
  for (const [index, fromMs] of edges.entries()) {
    const toMs = edges[index + 1];
    if (toMs === undefined) break;
    const busy = intervals.filter((each) => each.fromMs <= fromMs && each.toMs >= toMs);
    const phase = PHASES.find((name) => busy.some((each) => each.phase === name)) ?? "waiting";
    times[phase] += toMs - fromMs;
  }
  return times;
}
