/** What the transcript of a powers-of-tau file takes from ffjavascript besides the curve adapter's part. */
declare module "ffjavascript" {
  /** The generator of pseudo-random numbers from which ceremonies derive points. */
  export class ChaCha {
    constructor(seed: readonly number[]);
  }
}
