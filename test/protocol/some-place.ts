/** A trainer in a round of a project: what a bundle is bound to, besides its commitment. */
export const SOME_PLACE = {
  chainId: 31337n,
  market: `0x${"ab".repeat(20)}`,
  projectId: 7n,
  roundIndex: 3,
  trainer: `0x${"11".repeat(20)}`,
};
