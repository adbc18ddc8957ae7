import {
  type ContentOptions,
  contentStoreErrors,
  DEFAULT_CONTENT_TIMEOUT_MS,
} from "../../protocol/content-store.ts";
import { CommonweightError, isErrorOf } from "../../protocol/errors.ts";
import { pause } from "../../protocol/pause.ts";

const FIRST_PAUSE_MS = 250;
/** The system's words for a disk that takes nothing; libraries pass on the words and drop the code. */
const DISK_FAILURE = /\b(ENOSPC|EDQUOT|EROFS|EIO)\b/;

/**
 * Runs `work` once under the caller's signal and a timeout, and returns when either fires even if `work` does not react.
 *
 * @throws CommonweightError CW2402 after the timeout, CW2403 when cancelled, CW2408 for a disk that takes nothing, CW2400 with the cause for
 * anything else that is not ours.
 */
export async function attempt<T>(
  what: string,
  options: ContentOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_CONTENT_TIMEOUT_MS;
  const controller = new AbortController();
  const cancelled = () =>
    new CommonweightError(contentStoreErrors.aborted, `${what}: cancelled`, {
      cause: options.signal?.reason,
    });
  if (options.signal?.aborted) throw cancelled();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  interrupted.catch(() => {});
  const stop = (error: CommonweightError) => {
    reject(error);
    controller.abort(error);
  };
  const timer = setTimeout(
    () =>
      stop(
        new CommonweightError(
          contentStoreErrors.timedOut,
          `${what}: not complete after ${timeoutMs} ms`,
          { details: { timeoutMs } },
        ),
      ),
    timeoutMs,
  );
  const onAbort = () => stop(cancelled());
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), interrupted]);
  } catch (cause) {
    if (controller.signal.aborted) throw controller.signal.reason;
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(
      DISK_FAILURE.test(String(cause))
        ? contentStoreErrors.storeFailed
        : contentStoreErrors.notFound,
      `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
    // Whatever `work` still has under way (blocks loaded ahead) ends here.
    controller.abort();
  }
}

/** Repeats {@link attempt} after failures that another try can mend, pausing 250 ms, 500 ms, 1 s, … between them. */
export async function attemptWithRetries<T>(
  what: string,
  options: ContentOptions & { readonly retries?: number | undefined },
  work: (signal: AbortSignal, attemptIndex: number) => Promise<T>,
): Promise<T> {
  const retries = options.retries ?? 2;
  for (let index = 0; ; index++) {
    try {
      return await attempt(what, options, (signal) => work(signal, index));
    } catch (error) {
      if (index >= retries || !isWorthRetrying(error)) throw error;
      await attempt(what, { signal: options.signal }, (signal) =>
        pause(FIRST_PAUSE_MS * 2 ** index, signal),
      );
    }
  }
}

function isWorthRetrying(error: unknown): boolean {
  const { notFound, timedOut, unreachable, corrupt } = contentStoreErrors;
  return [notFound, timedOut, unreachable, corrupt].some((definition) =>
    isErrorOf(error, definition),
  );
}
