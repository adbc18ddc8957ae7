// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice Where a trainer's base weight in the round rule comes from.
/// @dev `Equal` gives everybody 1023. `BondedStake` gives 1 to 1023 in proportion to the stake, reached in full at `fullWeightStakeWei`:
/// with equal weights whoever brings more identities is paid more, so open projects should use the stake.
enum BaseWeightKind {
    Equal,
    BondedStake
}

/// @notice Who can read a project's models. The contract only records it; owners and aggregators seal models accordingly.
enum ModelVisibility {
    Public,
    Private
}

/// @notice All terms of a project. Fixed when it is posted; nothing can change them.
/// @dev In the order in which they share storage words. Amounts are in the reward token's smallest unit.
/// @param rewardToken ERC-20 in which rewards, stakes, bonds and fees are paid. Fee-on-transfer tokens are refused at the first deposit.
/// @param budgetPerRoundWei What one applied round pays at most, before remainders of earlier rounds and added budget.
/// @param referee Signs the reference and the pay gradient of every round; the owner or someone the owner trusts.
/// @param stakeWei What a trainer stakes at least (`Equal`: exactly).
/// @param fullWeightStakeWei The stake at which `BondedStake` reaches weight 1023; 0 with `Equal`.
/// @param settleFeeWei Paid from the escrow to whoever settles a round; covers gas.
/// @param joinSeconds After posting: time for trainers to join before the first open window starts to run.
/// @param aggregatorBondWei What each aggregator bonds before it may open rounds; at most one round's budget of it is forfeited for a missed settlement.
/// @param normBoundSquared Absolute bound on `<u, u>` of an update, below 2^54: above it the stake is burned.
/// @param commitSeconds Time for trainers to train and submit, from the opening of a round.
/// @param revealSeconds Time for content keys to be released, after the commit phase.
/// @param settleSeconds Time for each aggregator in turn to settle, after the reveal phase.
/// @param openSeconds Time for each aggregator in turn to open the next round.
/// @param rounds Applied rounds that the budget is for.
/// @param extraRounds Attempts beyond `rounds` that may come to nothing before the project ends.
/// @param slots 8, 16 or 32 slots of the circuit: three are not for trainers.
/// @param ruleId 1 = trust rule, 2 = multi-Krum.
/// @param ruleParameterA multi-Krum's f, the number of attackers to withstand; 0 for the trust rule.
/// @param ruleParameterB multi-Krum's m, the number of updates to select; 0 for the trust rule.
/// @param minTrainers Fewest readable updates of a round that counts, at least 3.
/// @param maxTrainers Most trainers of a round, at most `slots - 3`; if more have joined, each round samples by reliability.
/// @param minReliability Reliability needed to join, 0 to 65535.
/// @param parameterCount Entries of the model and of every update, below 2^24.
/// @param fractionBits Scale of updates: an entry `e` means `e / 2^fractionBits`; 8 to 16.
/// @param flatBps Part of a round's budget split evenly among accepted trainers, in 1/10000; default 1000.
/// @param capBps Most of a round's budget for one trainer, in 1/10000; default 5000.
/// @param baseWeightKind Where base weights come from.
/// @param modelVisibility Who can read the models.
/// @param maxStrikes Strikes that end a trainer's part; 0 = never.
/// @param payEvery Earnings are transferred whenever this many rounds have been applied, and at the end; at least 1.
/// @param usesPayGradient Whether rounds have a pay gradient in slot 1; without it pay is by progress along the reference.
/// @param aggregators Primary first, then standbys; unused places are zero.
struct ProjectTerms {
    address rewardToken;
    uint96 budgetPerRoundWei;
    address referee;
    uint96 stakeWei;
    uint96 fullWeightStakeWei;
    uint96 settleFeeWei;
    uint32 joinSeconds;
    uint96 aggregatorBondWei;
    uint64 normBoundSquared;
    uint32 commitSeconds;
    uint32 revealSeconds;
    uint32 settleSeconds;
    uint32 openSeconds;
    uint16 rounds;
    uint16 extraRounds;
    uint8 slots;
    uint8 ruleId;
    uint8 ruleParameterA;
    uint8 ruleParameterB;
    uint8 minTrainers;
    uint8 maxTrainers;
    uint16 minReliability;
    uint32 parameterCount;
    uint8 fractionBits;
    uint16 flatBps;
    uint16 capBps;
    BaseWeightKind baseWeightKind;
    ModelVisibility modelVisibility;
    uint8 maxStrikes;
    uint16 payEvery;
    bool usesPayGradient;
    address[3] aggregators;
}
