import { CommonweightError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/pause.ts";
import { chainErrors, isChainUnreachable } from "../errors.ts";

/** How often a chain that is away is asked again. */
const RETRY_MS = 1000;

/** A transaction that did not come to be says nothing against sending it again. */
const isTakenBack = (error: unknown) =>
  error instanceof CommonweightError && error.code === chainErrors.displaced.code;

/**
 * Repeats what needs the chain until the chain is there: a restart must not depend on whose turn it is to be down.
 *
 * @param onFailure Told of each other failure once.
 */
export async function untilChainAnswers<T>(
  work: () => Promise<T>,
  { signal, onFailure }: { signal: AbortSignal; onFailure: (error: CommonweightError) => void },
): Promise<T> {
  for (let lastMessage = ""; ; ) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !(isChainUnreachable(error) || isTakenBack(error))) throw error;
      const failure = error as CommonweightError;
      if (failure.message !== lastMessage) onFailure(failure);
      lastMessage = failure.message;
      await pause(RETRY_MS, signal);
    }
  }
}
