/** What snarkjs keeps under a global name between proofs. */
interface SharedCurve {
  terminate(): Promise<void>;
}

/**
 * Ends the threads that snarkjs keeps for the next proof; without this a process does not end by itself. The next proof
 * starts new ones. A proof in progress never finishes: abort it instead.
 */
export async function closeSnarkThreads(): Promise<void> {
  const shared = (globalThis as { curve_bn128?: SharedCurve | null }).curve_bn128;
  await shared?.terminate();
}
