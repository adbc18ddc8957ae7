// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TrainerStatus} from "./MarketViews.sol";
import {PackedPoint} from "./PackedPoint.sol";
import {ProjectTerms} from "./ProjectTerms.sol";

/// @notice Whether a project waits for a round, is in one, or is over.
enum ProjectStage {
    Waiting,
    InRound,
    Over
}

/// @notice Everything that a round moves while a project runs, apart from its submissions. One storage word, full to the last bit, so
/// that a settlement writes one.
/// @param rewardLeftWei Budget that no round has paid out yet.
/// @param eligibleMask Roster places sampled for the open round.
/// @param waitingSince Unix seconds since which the project waits for a round; in the future while trainers join at first.
/// @param appliedRounds Rounds that moved the model.
/// @param nextRoundIndex Rounds opened so far.
/// @param aggregatorIndex Who is in charge.
/// @param consecutiveVoids Rounds in a row that the rule found void.
/// @param consecutiveAbandons Rounds in a row that were abandoned.
/// @param stage What the project is doing.
/// @param unpaidFees Settlements of each aggregator whose fee was not transferred yet, 8 bits each; see `SettleFees`.
struct Progress {
    uint96 rewardLeftWei;
    uint40 eligibleMask;
    uint32 waitingSince;
    uint16 appliedRounds;
    uint16 nextRoundIndex;
    uint8 aggregatorIndex;
    uint8 consecutiveVoids;
    uint8 consecutiveAbandons;
    ProjectStage stage;
    uint24 unpaidFees;
}

/// @notice What a submission reads and writes: exactly one storage word, the reason why it is cheap.
/// @dev The hash has 160 bits. To swap an update after having seen others', an aggregator and a trainer would need a collision of
/// 2^80 work inside one commit phase, because the hash starts from the round's own reference.
/// @param submissionsHash Rolling hash of the reference and of all submissions.
/// @param pendingMask Roster places that are eligible and have not submitted.
/// @param submittedCount How many have.
/// @param commitClosesAt Unix seconds.
/// @param roundIndex The round.
struct Submissions {
    bytes20 submissionsHash;
    uint40 pendingMask;
    uint8 submittedCount;
    uint32 commitClosesAt;
    uint16 roundIndex;
}

/// @notice Keys released on chain. Only used when somebody does not acknowledge them.
/// @param roundIndex The round that the rest is about, so that nothing needs to be reset.
/// @param isReferenceRevealed Whether the referee released its keys.
/// @param revealedMask Roster places of trainers who did.
struct Reveals {
    uint16 roundIndex;
    bool isReferenceRevealed;
    uint40 revealedMask;
}

/// @notice Rounds missed in a row by who has each roster place, two bits each; see `MissedRounds`.
/// @param low Places whose count is odd.
/// @param high Places whose count is 2 or 3.
struct MissedCounts {
    uint40 low;
    uint40 high;
}

/// @notice A trainer in a project: what a settlement changes, in one storage word.
/// @param earnedWei Credited and not yet transferred.
/// @param reliability Reliability now; flushed to the registry when the trainer's part ends.
/// @param joinReliability Reliability on joining, so that what is flushed is a difference and parallel projects add up.
/// @param reliabilityUpdatedAt Unix seconds.
/// @param joinedAt Unix seconds.
/// @param strikes Strikes now.
/// @param rosterIndex Its place; 255, which is none, once it was released.
/// @param baseWeight The rule's base weight, fixed on joining.
/// @param status What it is.
struct TrainerRecord {
    uint96 earnedWei;
    uint16 reliability;
    uint16 joinReliability;
    uint32 reliabilityUpdatedAt;
    uint32 joinedAt;
    uint8 strikes;
    uint8 rosterIndex;
    uint16 baseWeight;
    TrainerStatus status;
}

/// @notice What an aggregator has in a project.
/// @param bondWei Its bond.
/// @param earnedWei Forfeited bonds of others, and fees that `Progress` has no room to count, not yet transferred.
struct AggregatorAccount {
    uint96 bondWei;
    uint96 earnedWei;
}

/// @notice A project in storage.
/// @param terms Its terms.
/// @param owner Who posted it. Shares a storage word with what only joining, leaving and stopping change.
/// @param rosterMask Roster places of trainers who take part in further rounds.
/// @param occupiedMask Roster places that are taken.
/// @param isStopAnnounced Whether the owner has announced a stop.
/// @param aggregatorCount How many aggregators take turns; from the terms, kept here because every phase depends on it.
/// @param progress See `Progress`.
/// @param submissions See `Submissions`.
/// @param reveals See `Reveals`.
/// @param modelCommitment Commitment of the current model.
/// @param aggregateCommitment Commitment of the last applied aggregate; infinity before the first.
/// @param aggregators One account per place in `terms.aggregators`.
/// @param roster Trainer in each roster place.
/// @param trainers Records.
/// @param stakesWei Stakes, apart from the record because rounds do not touch them.
/// @param missed See `MissedCounts`.
struct Project {
    ProjectTerms terms;
    address owner;
    uint40 rosterMask;
    uint40 occupiedMask;
    bool isStopAnnounced;
    uint8 aggregatorCount;
    Progress progress;
    Submissions submissions;
    Reveals reveals;
    PackedPoint modelCommitment;
    PackedPoint aggregateCommitment;
    AggregatorAccount[3] aggregators;
    mapping(uint256 rosterIndex => address trainer) roster;
    mapping(address trainer => TrainerRecord) trainers;
    mapping(address trainer => uint256 stakeWei) stakesWei;
    MissedCounts missed;
}
