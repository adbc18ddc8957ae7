/** A change that makes no difference, and why. */
export interface EquivalentMutant {
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  /** The line before it, where the same line is in the file twice. */
  readonly after?: string;
  readonly reason: string;
}

/** Looked through by hand. */
export const equivalentMutants: readonly EquivalentMutant[] = [
  {
    file: "RewardVault.sol",
    original:
      "if (gasleft() < _GAS_BEFORE_TRANSFER) revert VaultNotEnoughGas(_GAS_BEFORE_TRANSFER, gasleft());",
    mutated:
      "if (gasleft() <= _GAS_BEFORE_TRANSFER) revert VaultNotEnoughGas(_GAS_BEFORE_TRANSFER, gasleft());",
    reason: "one unit of gas; the bound has thousands to spare",
  },
  {
    file: "ParticipantRegistry.sol",
    original: "participant.reliabilityUpdatedAt = uint40(block.timestamp);",
    mutated: "",
    after: "participant.reliability = uint16(Reliability.NEUTRAL);",
    reason:
      "on registering: a neutral score is neutral after any time, and the first record sets it",
  },
  {
    file: "ParticipantRegistry.sol",
    original: "uint256 length = offset >= total ? 0 : total - offset;",
    mutated: "uint256 length = offset > total ? 0 : total - offset;",
    reason: "for an offset of exactly the total the difference is zero too",
  },
  {
    file: "ParticipantRegistry.sol",
    original: "page = new ParticipantView[](length < limit ? length : limit);",
    mutated: "page = new ParticipantView[](length <= limit ? length : limit);",
    reason: "of two equal lengths either is the lesser",
  },
  {
    file: "libraries/Payouts.sol",
    original: "if (payWei > capWei) payWei = capWei;",
    mutated: "if (payWei >= capWei) payWei = capWei;",
    reason: "who would get exactly the cap gets the cap",
  },
  {
    file: "libraries/Reliability.sol",
    original: "if (halvings >= _MOST_HALVINGS) return 0;",
    mutated: "if (halvings > _MOST_HALVINGS) return 0;",
    reason: "the factor has 17 bits: seventeen shifts leave nothing of it",
  },
  {
    file: "libraries/Reliability.sol",
    original: "if (halvings >= _MOST_HALVINGS) return 0;",
    mutated: "",
    reason: "more shifts leave nothing either",
  },
  {
    file: "libraries/Reliability.sol",
    original: "if (afterwards >= before) {",
    mutated: "if (afterwards > before) {",
    reason: "of equal scores the other branch takes nothing away",
  },
  {
    file: "libraries/Reliability.sol",
    original: "return raised > MAX ? MAX : raised;",
    mutated: "return raised >= MAX ? MAX : raised;",
    reason: "the highest score is the highest score",
  },
  {
    file: "libraries/Reliability.sol",
    original: "return lost > score ? 0 : score - lost;",
    mutated: "return lost >= score ? 0 : score - lost;",
    reason: "who loses everything has nothing",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (turns > aggregatorCount) turns = aggregatorCount;",
    mutated: "if (turns >= aggregatorCount) turns = aggregatorCount;",
    reason: "sets it to what it is",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (turns > aggregatorCount) turns = aggregatorCount;",
    mutated: "",
    reason:
      "there is a turn an aggregator, and who expires a round says that all are over: never more",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (mostWei > promisedWei) mostWei = promisedWei;",
    mutated: "if (mostWei >= promisedWei) mostWei = promisedWei;",
    reason: "sets it to what it is",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "uint256 takenWei = account.bondWei < mostWei ? account.bondWei : mostWei;",
    mutated: "uint256 takenWei = account.bondWei <= mostWei ? account.bondWei : mostWei;",
    reason: "of two equal amounts either is the lesser",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (turns == 0) return 0;",
    mutated: "",
    reason: "for no turns nothing is taken; it saves gas",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (turns == 0 || submitted == 0) return;",
    mutated: "if (turns == 0 && submitted == 0) return;",
    reason:
      "for no turns nothing is taken, and a round with too few submissions has expired before turns are missed",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (turns == 0 || submitted == 0) return;",
    mutated: "",
    reason:
      "for no turns nothing is taken, and a round with too few submissions has expired before turns are missed",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "if (trainersWei == 0) return;",
    mutated: "",
    reason: "adds nothing to anybody; it saves gas",
  },
  {
    file: "libraries/MissedTurns.sol",
    original: "for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {",
    mutated: "for (uint256 place = 0; place <= RosterMask.CAPACITY; ++place) {",
    reason: "masks have no bit behind the last place",
  },
  {
    file: "libraries/RoundClosing.sol",
    original: "for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {",
    mutated: "for (uint256 place = 0; place <= RosterMask.CAPACITY; ++place) {",
    reason: "masks have no bit behind the last place",
  },
  {
    file: "libraries/RoundClosing.sol",
    original: "if (amountWei == 0) continue;",
    mutated: "",
    reason:
      "the vault skips a payment of nothing, and the bond that is set to zero is zero; it saves gas",
  },
  {
    file: "libraries/TrainerParts.sol",
    original: "delete project.roster[record.rosterIndex];",
    mutated: "",
    reason:
      "only occupied places are read, and who takes a place writes it first; it makes the next join cheaper",
  },
  {
    file: "libraries/TrainerRoster.sol",
    original: "return uint16(weight < _FULL_WEIGHT ? weight : _FULL_WEIGHT);",
    mutated: "return uint16(weight <= _FULL_WEIGHT ? weight : _FULL_WEIGHT);",
    reason: "of two equal weights either is the lesser",
  },
  {
    file: "libraries/RoundSettlement.sol",
    original: "if (record.earnedWei == 0) continue;",
    mutated: "",
    reason:
      "the vault skips a payment of nothing, and the earnings that are set to zero are zero; it saves gas",
  },
  {
    file: "libraries/RoundOpening.sol",
    original: "for (uint256 place = 0; place < RosterMask.CAPACITY; ++place) {",
    mutated: "for (uint256 place = 0; place <= RosterMask.CAPACITY; ++place) {",
    reason: "masks have no bit behind the last place",
  },
  {
    file: "libraries/RoundOpening.sol",
    original: "if (joined <= places) return candidates;",
    mutated: "if (joined < places) return candidates;",
    reason: "of as many as there are places all are drawn; it saves gas",
  },
  {
    file: "TrainingMarket.sol",
    original: "page = new ProjectView[](length < limit ? length : limit);",
    mutated: "page = new ProjectView[](length <= limit ? length : limit);",
    reason: "of two equal lengths either is the lesser",
  },
];
