/** A mistake that somebody could make in the market's contracts, and the suite that must notice. */
export interface Fault {
  readonly name: string;
  /** Relative to contracts/. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly original: string;
  readonly planted: string;
  /** Relative to test/contracts/. */
  readonly suite: string;
}

/** Swapped comparisons, missing checks, roundings in the wrong direction, wrong addressees. */
export const faults: readonly Fault[] = [
  {
    name: "a pot pays what it does not hold, out of another project's",
    file: "RewardVault.sol",
    original: "if (total > pot.amountWei) revert",
    planted: "if (total > pot.amountWei && total > _owedWei[pot.token]) revert",
    suite: "RewardVault.t.sol",
  },
  {
    name: "a fee-on-transfer token is accepted",
    file: "RewardVault.sol",
    original: "if (received != amountWei)",
    planted: "if (received > amountWei)",
    suite: "RewardVault.t.sol",
  },
  {
    name: "a payee that cannot be paid loses its claim",
    file: "RewardVault.sol",
    original: "_claimsWei[token][payee] += amountWei;",
    planted: "_claimsWei[token][payee] += 0;",
    suite: "RewardVault.t.sol",
  },
  {
    name: "a claim can be withdrawn twice",
    file: "RewardVault.sol",
    original: "_claimsWei[token][msg.sender] = 0;",
    planted: "",
    suite: "RewardVault.t.sol",
  },
  {
    name: "anybody can move money",
    file: "RewardVault.sol",
    original: "if (msg.sender != _MARKET) revert",
    planted: "if (msg.sender == address(0)) revert",
    suite: "RewardVault.t.sol",
  },
  {
    name: "a caller starves a payee of gas",
    file: "RewardVault.sol",
    original: "if (gasleft() < _GAS_BEFORE_TRANSFER) revert",
    planted: "if (gasleft() < 30_000) revert",
    suite: "RewardVault.t.sol",
  },
  {
    name: "shares are rounded up, so a round pays more than its budget",
    file: "libraries/Payouts.sol",
    original: "(self.sharedWei * uint16(outcome)) / SHARE_SUM",
    planted: "(self.sharedWei * uint16(outcome) + SHARE_SUM - 1) / SHARE_SUM",
    suite: "MarketRules.t.sol",
  },
  {
    name: "the cap is not applied",
    file: "libraries/Payouts.sol",
    original: "if (payWei > capWei) payWei = capWei;",
    planted: "if (payWei > capWei) payWei = payWei;",
    suite: "MarketRules.t.sol",
  },
  {
    name: "the commit phase lasts a second too long",
    file: "libraries/RoundPhases.sol",
    original: "if (nowSeconds < clock.commitClosesAt) return",
    planted: "if (nowSeconds <= clock.commitClosesAt) return",
    suite: "MarketRules.t.sol",
  },
  {
    name: "a rejection lowers reliability too much",
    file: "libraries/Reliability.sol",
    original: "verdict == _ABOVE_NORM_BOUND ? 1 : 4",
    planted: "verdict == _ABOVE_NORM_BOUND ? 1 : 3",
    suite: "MarketRules.t.sol",
  },
  {
    name: "sampling is off by one ticket",
    file: "libraries/Sampling.sol",
    original: "if (sum > ticket)",
    planted: "if (sum >= ticket)",
    suite: "MarketRules.t.sol",
  },
  {
    name: "a stake is burned for what depends on the owner's reference",
    file: "libraries/RoundSettlement.sol",
    original: "bool isAboveBound = verdict == PublicSignals.ABOVE_NORM_BOUND;",
    planted: "bool isAboveBound = verdict != PublicSignals.ACCEPTED;",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "a void round touches reliability",
    file: "libraries/RoundSettlement.sol",
    original: "if (outcome.isVoid) return new uint256[](count);",
    planted:
      "if (outcome.isVoid) { (outcomes, ) = PublicSignals.unpack(outcomeWords, count, outcome.payment.active); return outcomes; }",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "a settlement may be about other updates than those submitted",
    file: "libraries/RoundSubmissions.sol",
    original: "if (hash != submissions.submissionsHash)",
    planted: "if (hash == 0)",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "a commitment that nobody opened cannot be named in a settlement",
    file: "libraries/RoundSubmissions.sol",
    original: "if calldataload(add(point, 0x20)) {",
    planted: "if 1 {",
    suite: "RoundSubmissions.t.sol",
  },
  {
    name: "who is left out as unreadable is divided among the others",
    file: "libraries/RoundSettlement.sol",
    original: "budgetWei = Payouts.budgetForReadable(budgetWei, readable, trainers.length);",
    planted: "",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "an aggregator ignores a key that was released on chain",
    file: "libraries/Exclusions.sol",
    original: "project.reveals.roundIndex == roundIndex",
    planted: "project.reveals.roundIndex != roundIndex",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "a standby settles before its turn",
    file: "libraries/AggregatorTurns.sol",
    original: "if (place > turn) {",
    planted: "if (place > turn + 1) {",
    suite: "TrainingMarket.liveness.t.sol",
  },
  {
    name: "a late primary pays itself from its own bond",
    file: "libraries/MissedTurns.sol",
    original: "hasSettler && settler != index",
    // Always true, since there are three places; unused parameters do not compile.
    planted: "hasSettler && settler != index + 4",
    suite: "TrainingMarket.liveness.t.sol",
  },
  {
    name: "a trainer who left submits from the place of its successor",
    file: "TrainingMarket.sol",
    original: "if (!isTrainer || submissions",
    planted: "if ((!isTrainer && trainer == address(0)) || submissions",
    suite: "TrainingMarket.rounds.t.sol",
  },
  {
    name: "whoever lost its place as idle releases the key of its successor",
    file: "libraries/TrainerRoster.sol",
    original: "record.rosterIndex = _NO_PLACE;",
    planted: "",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "an idle trainer loses its place though others are free",
    file: "libraries/TrainerRoster.sol",
    original: "if (missed != MissedRounds.IDLE || free != 0) {",
    planted: "if (missed != MissedRounds.IDLE) {",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "a trainer loses its place before it is idle",
    file: "libraries/TrainerRoster.sol",
    original: "if (missed != MissedRounds.IDLE || free != 0) {",
    planted: "if (missed == 0 || free != 0) {",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "whoever gets an idle trainer's place is idle, too",
    file: "libraries/TrainerRoster.sol",
    original: "MissedRounds.forget(project, place);",
    planted: "",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "a newcomer inherits the round that is not yet counted",
    file: "libraries/MissedRounds.sol",
    original: "project.progress.eligibleMask &= others;",
    planted: "",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "an idle trainer is drawn like everybody",
    file: "libraries/RoundOpening.sol",
    original: "if (!candidates.has(place) || idle.has(place)) continue;",
    planted: "if (!candidates.has(place)) continue;",
    suite: "TrainingMarket.idle.t.sol",
  },
  {
    name: "the proof is about an update that the settlement excludes",
    file: "libraries/VerifierCall.sol",
    original: "if and(inactive, 1) {",
    planted: "if and(inactive, 0) {",
    suite: "VerifierCall.t.sol",
  },
  {
    name: "an address without code proves everything",
    file: "libraries/VerifierCall.sol",
    original: "assert(ok);",
    planted: "",
    suite: "VerifierCall.t.sol",
  },
  {
    name: "a strike too many wraps around and touches the roster place",
    file: "libraries/TrainerWord.sol",
    original: "strikes_ != type(uint8).max",
    planted: "strikes_ != type(uint16).max",
    suite: "TrainerWord.t.sol",
  },
  {
    name: "a trainer behind the eighth is paid by the first word's outcomes",
    file: "libraries/PublicSignals.sol",
    original: "uint256 bits = outcomeWords[index];",
    planted: "uint256 bits = outcomeWords[index * 0];",
    suite: "TrainingMarket.limits.t.sol",
  },
  {
    name: "the flat part is divided among all, not among the accepted",
    file: "libraries/PublicSignals.sol",
    original: "eq(shr(27, outcome), ACCEPTED)",
    planted: "gt(shr(27, outcome), 0)",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "multi-Krum without anybody to withstand is posted",
    file: "libraries/ProjectRules.sol",
    original: "attackers, 1, (uint256",
    planted: "attackers, 0, (uint256",
    suite: "TrainingMarket.projects.t.sol",
  },
  {
    name: "the model's negative passes for the model",
    file: "libraries/PackedPoints.sol",
    original: "y & 1 == _parity(self) && ",
    planted: "",
    suite: "PackedPoints.t.sol",
  },
  {
    name: "the last aggregate is left out of the rule by leaving its coordinate out",
    file: "libraries/PackedPoints.sol",
    original: "isInfinity(self) ? y == 0 :",
    planted: "y == 0 ? true :",
    suite: "TrainingMarket.settlement.t.sol",
  },
  {
    name: "the fees of a full count are lost",
    file: "libraries/SettleFees.sol",
    original: "earnedWei += uint96(_MOST",
    planted: "earnedWei += uint96(0 * _MOST",
    suite: "SettleFees.t.sol",
  },
];
