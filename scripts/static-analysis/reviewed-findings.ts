/** Findings of Slither that were read and left as they are: check -> why, and the functions it was read in. */
export const REVIEWED_FINDINGS: Readonly<
  Record<string, { readonly reason: string; readonly functions: readonly string[] }>
> = {
  "arbitrary-send-erc20": {
    reason:
      "only the market may call it, and the market passes the sender of its own call or the signer of a permit",
    functions: ["RewardVault.deposit"],
  },
  "weak-prng": {
    reason: "a turn by the clock, not a draw: whose turn it is must be known to everybody",
    functions: ["MarketReader.readRound"],
  },
  "divide-before-multiply": {
    reason:
      "the remainder of a division is given back to the budget; reliability is fixed-point by definition, with twins",
    functions: ["MissedTurns.toSettler", "MissedTurns.toTrainers", "Reliability.decay"],
  },
  "incorrect-equality": {
    reason:
      "counters that the market alone advances by one, bits of masks and verdicts; no balances that somebody could move",
    functions: ["RoundEnd.close", "RoundSettlement._endPart"],
  },
  "incorrect-shift": {
    reason:
      "one bit a point: 1 shifted by its place, or by their number and less 1; the opcode takes the amount first",
    functions: ["GramProof._addSlots", "VerifierCall._encode"],
  },
  "uninitialized-local": {
    reason: "Solidity starts them at zero, which is meant",
    functions: [
      "Exclusions.check",
      "MarketReader.readTrainers",
      "RewardVault.pay",
      "RoundSettlement._applyOutcome",
      "RoundVerifier._isPowerOf",
      "RoundVerifier._requirePairing",
      "RoundVerifier._verify",
      "Sampling.draw",
    ],
  },
  "unused-return": {
    reason: "the other part of a pair is not needed there",
    functions: [
      "AggregatorTurns.requireAfterCommit",
      "MarketReader.readProject",
      "MarketReader.readRound",
      "RoundOpening.open",
      "TrainerRoster.join",
    ],
  },
  "write-after-write": {
    reason: "offset and length of one slice, written in assembly",
    functions: ["RoundTranscript._words", "UpdateBatch.takeFirst"],
  },
  "missing-zero-check": {
    reason: "the market makes both and passes itself",
    functions: ["ParticipantRegistry.constructor", "RewardVault.constructor"],
  },
  "calls-loop": {
    reason:
      "to our own registry and keys, over at most as many as a roster has; a payee is called with bounded gas and may fail without stopping the others",
    functions: [
      "RewardVault._payOne",
      "RoundClosing._end",
      "RoundSettlement._pushEarnings",
      "RoundVerifier._addKey",
    ],
  },
  "reentrancy-benign": {
    reason:
      "what a failed payment is owed is written after the attempt; the market's entries and the vault's withdrawal are guarded against reentrance",
    functions: ["RewardVault._payOne"],
  },
  "reentrancy-events": {
    reason: "events after calls to our own contracts inside one guarded transaction",
    functions: ["RoundClosing._end", "RoundSettlement._applyOutcome", "RoundSettlement.settle"],
  },
  timestamp: {
    reason:
      "phases are measured in minutes; the seconds that a block producer can shift decide nothing else",
    functions: [
      "AggregatorTurns.requireAfterCommit",
      "AggregatorTurns.requireOpener",
      "AggregatorTurns.requireSettler",
      "MissedRounds.countAt",
      "ParticipantRegistry.confirmPayoutChange",
      "ParticipantRegistry.getParticipants",
      "ParticipantRegistry.isRegistered",
      "ParticipantRegistry.payoutAddressOf",
      "RoundEnd.close",
      "RoundOpening.open",
      "RoundSettlement._endPart",
      "RoundTrainers.book",
      "RoundSettlement.settle",
      "TrainingMarket._openFor",
      "TrainingMarket.revealKey",
    ],
  },
};
