import { FetchRequest, isError } from "ethers";

/** Waits between attempts, milliseconds: a load balancer's hiccup ends within them, an outage does not. */
const WAITS_MS: readonly number[] = [150, 450];

/**
 * A request that tries again when the connection breaks or the server fails. A role asks for many things at each step; without this,
 * a node that fails one request in ten would fail most steps. Every request may be repeated: reads change nothing, and a signed
 * transaction is the same transaction.
 *
 * @param timeoutMs How long one attempt may take. A node that does not answer at all is not asked again here.
 */
export function patientRequest(url: string, timeoutMs: number): FetchRequest {
  const request = new FetchRequest(url);
  request.timeout = timeoutMs;
  const once = FetchRequest.createGetUrlFunc();
  request.getUrlFunc = async (asked, signal) => {
    for (const waitMs of WAITS_MS) {
      try {
        const response = await once(asked, signal);
        // Too many requests (429) are ethers' own to slow down for.
        if (response.statusCode < 500) return response;
      } catch (error) {
        if (isError(error, "TIMEOUT") || signal?.cancelled) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    return once(asked, signal);
  };
  return request;
}
