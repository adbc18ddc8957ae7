// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "./G1.sol";
import {ProjectTerms} from "./ProjectTerms.sol";
import {RoundPhase} from "./RoundPhase.sol";

/// @notice Why a round came to nothing. None of them touches a trainer's stake, strikes or reliability.
/// @dev `RuleFoundTooFew`: proven, fewer than half of the updates survived. `TooFewSubmissions`: at the end of the commit phase.
/// `Abandoned`: by the aggregator, for somebody else's fault. `NotSettled`: every aggregator missed its window; bonds pay the trainers.
enum VoidReason {
    RuleFoundTooFew,
    TooFewSubmissions,
    Abandoned,
    NotSettled
}

/// @notice Why a project ended.
enum EndReason {
    AllRoundsApplied,
    AttemptsUsedUp,
    StoppedByOwner,
    NobodyOpened
}

/// @notice What a trainer is in a project.
/// @dev `Leaving`: takes part in no further round. `Expelled`: too many strikes. `Slashed`: its stake is burned. `Released`: it sent
/// nothing while the roster was full, and somebody gave its place away; the only one that may join again.
enum TrainerStatus {
    None,
    Active,
    Leaving,
    Expelled,
    Slashed,
    Left,
    Released
}

/// @notice A project as a page shows it.
/// @param projectId The project.
/// @param owner Who posted it and is refunded.
/// @param terms Its terms.
/// @param phase Where it is now.
/// @param phaseEndsAt Unix seconds when the phase ends by itself; 0 once ended.
/// @param isStopAnnounced Whether the owner has announced a stop: no further round opens.
/// @param rewardLeftWei Budget that no round has paid out yet.
/// @param escrowWei Everything that the vault holds for the project: budget, fees, earnings, stakes and bonds.
/// @param nextRoundIndex Index of the next round to open, which counts attempts.
/// @param appliedRounds Rounds that moved the model.
/// @param consecutiveVoids Rounds in a row that the rule found void.
/// @param consecutiveAbandons Rounds in a row that the aggregator in charge abandoned.
/// @param aggregatorIndex Which of `terms.aggregators` is in charge.
/// @param trainerCount Trainers who take part in further rounds.
/// @param rosterMask One bit per roster place of those trainers.
/// @param occupiedMask One bit per roster place that is taken, also by trainers who are leaving or expelled.
/// @param modelCommitment Commitment of the current model.
/// @param aggregateCommitment Commitment of the last applied aggregate; `(0, 0)` before the first.
/// @param bondsWei Bond of each aggregator.
/// @param aggregatorsEarnedWei Fees and forfeited bonds of others that each aggregator has earned and not been transferred yet.
struct ProjectView {
    uint256 projectId;
    address owner;
    ProjectTerms terms;
    RoundPhase phase;
    uint256 phaseEndsAt;
    bool isStopAnnounced;
    uint256 rewardLeftWei;
    uint256 escrowWei;
    uint256 nextRoundIndex;
    uint256 appliedRounds;
    uint256 consecutiveVoids;
    uint256 consecutiveAbandons;
    uint256 aggregatorIndex;
    uint256 trainerCount;
    uint256 rosterMask;
    uint256 occupiedMask;
    G1 modelCommitment;
    G1 aggregateCommitment;
    uint256[3] bondsWei;
    uint256[3] aggregatorsEarnedWei;
}

/// @notice The round that is open now; earlier rounds live in events.
/// @param isOpen False when no round is open; then the rest is of the last round.
/// @param roundIndex The round.
/// @param phase Where it is now.
/// @param commitClosesAt Unix seconds: submissions are taken before it.
/// @param revealClosesAt Unix seconds: keys should be out before it; exclusions for a missing key are allowed from it on.
/// @param settleClosesAt Unix seconds: end of the last aggregator's window.
/// @param settlerIndex Which of `terms.aggregators` should settle now.
/// @param budgetWei What the round pays if it is applied now.
/// @param submittedCount Updates submitted; they sit in slots 3 to 2 + this.
/// @param eligibleMask One bit per roster place that was sampled for the round.
/// @param pendingMask Those of them who have not submitted.
/// @param revealedMask Those who released their key on chain.
/// @param isReferenceRevealed Whether the referee released its keys on chain.
/// @param submissionsHash Rolling hash of the submissions, see `ITrainingMarket.submitUpdate`.
struct RoundView {
    bool isOpen;
    uint256 roundIndex;
    RoundPhase phase;
    uint256 commitClosesAt;
    uint256 revealClosesAt;
    uint256 settleClosesAt;
    uint256 settlerIndex;
    uint256 budgetWei;
    uint256 submittedCount;
    uint256 eligibleMask;
    uint256 pendingMask;
    uint256 revealedMask;
    bool isReferenceRevealed;
    bytes20 submissionsHash;
}

/// @notice A trainer in a project.
/// @param trainer The worker's key.
/// @param status What it is in the project.
/// @param rosterIndex Its place, the bit in every roster mask; 255 for who was released.
/// @param baseWeight 1 to 1023, the rule's base weight.
/// @param reliability 0 to 65535, as of its last outcome here.
/// @param reliabilityUpdatedAt Unix seconds of that outcome, or of joining.
/// @param strikes Strikes now.
/// @param missedRounds Rounds in a row that it was drawn for and sent nothing, 0 to 3; at 3 it is idle. See `MissedRounds`.
/// @param earnedWei Credited and not yet transferred.
/// @param stakeWei Its stake.
struct TrainerView {
    address trainer;
    TrainerStatus status;
    uint256 rosterIndex;
    uint256 baseWeight;
    uint256 reliability;
    uint256 reliabilityUpdatedAt;
    uint256 strikes;
    uint256 missedRounds;
    uint256 earnedWei;
    uint256 stakeWei;
}
