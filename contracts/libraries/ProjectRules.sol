// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";
import {BaseWeightKind, ProjectTerms} from "../types/ProjectTerms.sol";
import {Payouts} from "./Payouts.sol";

/// @title Which terms a project can have
/// @notice Refuses, with the field's name and its bounds, terms under which the rule could not work, a phase could not end, or a
/// number could overflow.
/// @dev Deployed on its own and linked, since it is only used when a project is posted. Twin: services/protocol/market/project-rules.ts;
/// test/integration/project-rules.test.ts asks both about every boundary.
library ProjectRules {
    uint256 private constant _MIN_PHASE_SECONDS = 10;
    uint256 private constant _MAX_PHASE_SECONDS = 90 days;
    uint256 private constant _MAX_AMOUNT = type(uint88).max;
    uint256 private constant _MAX_ROUNDS = 10_000;
    uint256 private constant _LEAST_TRAINERS = 3;
    uint8 private constant _TRUST_RULE = 1;
    uint8 private constant _MULTI_KRUM = 2;

    /// @notice Reverts unless a project can run under these terms.
    function requireSound(ProjectTerms calldata terms) external pure {
        // First, because the bounds of pay depend on the number of trainers.
        _requireRule(terms);
        _requireAmounts(terms);
        _requirePhases(terms);
        _requireModel(terms);
        _requireAggregators(terms.aggregators);
    }

    /// @notice What posting moves into the vault: all rounds' budgets, and a fee for every attempt.
    function requiredEscrow(ProjectTerms calldata terms) external pure returns (uint256) {
        uint256 attempts = uint256(terms.rounds) + terms.extraRounds;
        return uint256(terms.budgetPerRoundWei) * terms.rounds + uint256(terms.settleFeeWei) * attempts;
    }

    function _requireAmounts(ProjectTerms calldata terms) private pure {
        _requireWithin("rewardToken", uint160(terms.rewardToken), 1, type(uint160).max);
        _requireWithin("referee", uint160(terms.referee), 1, type(uint160).max);
        _requireWithin("budgetPerRoundWei", terms.budgetPerRoundWei, 1, _MAX_AMOUNT / _MAX_ROUNDS);
        _requireWithin("settleFeeWei", terms.settleFeeWei, 0, _MAX_AMOUNT / _MAX_ROUNDS);
        _requireWithin("stakeWei", terms.stakeWei, 0, _MAX_AMOUNT);
        _requireWithin("aggregatorBondWei", terms.aggregatorBondWei, 0, _MAX_AMOUNT);
        if (terms.baseWeightKind == BaseWeightKind.Equal) {
            _requireWithin("fullWeightStakeWei", terms.fullWeightStakeWei, 0, 0);
        } else {
            _requireWithin("stakeWei", terms.stakeWei, 1, _MAX_AMOUNT);
            _requireWithin("fullWeightStakeWei", terms.fullWeightStakeWei, terms.stakeWei, _MAX_AMOUNT);
        }
        _requireWithin("flatBps", terms.flatBps, 0, Payouts.BPS);
        // Below an equal part for the fewest trainers, part of the budget could never be earned by anybody.
        _requireWithin("capBps", terms.capBps, (Payouts.BPS + terms.minTrainers - 1) / terms.minTrainers, Payouts.BPS);
        _requireWithin("payEvery", terms.payEvery, 1, type(uint16).max);
    }

    function _requirePhases(ProjectTerms calldata terms) private pure {
        _requireWithin("joinSeconds", terms.joinSeconds, 0, _MAX_PHASE_SECONDS);
        _requireWithin("openSeconds", terms.openSeconds, _MIN_PHASE_SECONDS, _MAX_PHASE_SECONDS);
        _requireWithin("commitSeconds", terms.commitSeconds, _MIN_PHASE_SECONDS, _MAX_PHASE_SECONDS);
        _requireWithin("revealSeconds", terms.revealSeconds, _MIN_PHASE_SECONDS, _MAX_PHASE_SECONDS);
        _requireWithin("settleSeconds", terms.settleSeconds, _MIN_PHASE_SECONDS, _MAX_PHASE_SECONDS);
        _requireWithin("rounds", terms.rounds, 1, _MAX_ROUNDS);
        _requireWithin("extraRounds", terms.extraRounds, 0, _MAX_ROUNDS);
    }

    function _requireRule(ProjectTerms calldata terms) private pure {
        bool isSlotCount = terms.slots == 8 || terms.slots == 16 || terms.slots == 32;
        if (!isSlotCount) revert ITrainingMarket.MarketInvalidTerm("slots", terms.slots, 8, 32);
        _requireWithin("ruleId", terms.ruleId, _TRUST_RULE, _MULTI_KRUM);
        _requireWithin("minTrainers", terms.minTrainers, _LEAST_TRAINERS, uint256(terms.slots) - 3);
        _requireWithin("maxTrainers", terms.maxTrainers, terms.minTrainers, uint256(terms.slots) - 3);
        if (terms.ruleId == _TRUST_RULE) {
            _requireWithin("ruleParameterA", terms.ruleParameterA, 0, 0);
            _requireWithin("ruleParameterB", terms.ruleParameterB, 0, 0);
            return;
        }
        uint256 attackers = terms.ruleParameterA;
        _requireWithin("ruleParameterA", attackers, 1, (uint256(terms.slots) - 6) / 2);
        uint256 needed = 2 * attackers + 3;
        if (terms.minTrainers < needed) {
            revert ITrainingMarket.MarketRuleNeedsMoreTrainers(attackers, terms.minTrainers, needed);
        }
        // Selecting more than n - f would always select an attacker when there are f; with fewer than three selected, the new model
        // shows what one of them sent.
        _requireWithin("ruleParameterB", terms.ruleParameterB, _LEAST_TRAINERS, terms.minTrainers - attackers);
    }

    function _requireModel(ProjectTerms calldata terms) private pure {
        _requireWithin("parameterCount", terms.parameterCount, 1, (1 << 24) - 1);
        _requireWithin("fractionBits", terms.fractionBits, 8, 16);
        _requireWithin("normBoundSquared", terms.normBoundSquared, 1, (1 << 54) - 1);
    }

    function _requireAggregators(address[3] calldata aggregators) private pure {
        (address a, address b, address c) = (aggregators[0], aggregators[1], aggregators[2]);
        bool isList =
            a != address(0) && a != b && a != c && (b != c || b == address(0)) && (b != address(0) || c == address(0));
        if (!isList) revert ITrainingMarket.MarketInvalidAggregators(aggregators);
    }

    function _requireWithin(string memory term, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert ITrainingMarket.MarketInvalidTerm(term, value, min, max);
    }
}
