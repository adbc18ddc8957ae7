import { pause } from "../protocol/pause.ts";

/** How long until a stream that ended is asked for again. */
const AGAIN_MS = 3000;
/** An event is a line; longer ones are nobody's. */
const MAX_LINE_CHARACTERS = 1_000_000;

/**
 * Listens to an aggregator's events as they happen (`GET /v1/events`), until the signal; connects again whenever the stream ends. What
 * it says is its word, not a fact, and events of the time between two connections are lost: good for a head start, not for a decision.
 */
export async function listenToAggregator(
  endpoint: string,
  onEvent: (event: Readonly<Record<string, unknown>>) => void,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(`${endpoint.replace(/\/$/, "")}/v1/events`, { signal });
      if (response.ok && response.body !== null) await readEvents(response.body, onEvent);
      else await response.body?.cancel();
    } catch {
      // An aggregator that is away is asked again.
    }
    await pause(AGAIN_MS, signal);
  }
}

async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_CHARACTERS) throw new RangeError("an event without end");
    for (const line of lines) {
      if (line.startsWith("data: ")) onEvent(Object(JSON.parse(line.slice("data: ".length))));
    }
  }
}
