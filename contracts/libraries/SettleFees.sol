// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {AggregatorAccount, Project} from "../types/Project.sol";

/// @title Fees of settlements, counted until they are paid
/// @notice Every settlement earns its aggregator the same fee. A count in a word that settlements write anyway is 5,000 gas cheaper
/// than the sum in a word of its own.
library SettleFees {
    uint256 private constant _COUNT_BITS = 8;
    uint256 private constant _MOST = type(uint8).max;

    /// @notice The counts after one more settlement of an aggregator's. A full count moves to the account first, so none is lost
    /// when pay intervals are longer than what a count holds.
    function add(Project storage project, uint24 unpaid, uint256 index) internal returns (uint24) {
        if (_count(unpaid, index) == _MOST) {
            project.aggregators[index].earnedWei += uint96(_MOST * project.terms.settleFeeWei);
            unpaid = _clear(unpaid, index);
        }
        return unpaid + uint24(1 << (index * _COUNT_BITS));
    }

    /// @notice All that an aggregator has earned and not been transferred yet: fees, and forfeited bonds of others.
    function earnedWei(Project storage project, uint256 index) internal view returns (uint256) {
        uint256 fees = _count(project.progress.unpaidFees, index);
        return project.aggregators[index].earnedWei + fees * project.terms.settleFeeWei;
    }

    /// @notice Takes what an aggregator has earned off the project's books; the caller pays it.
    function take(Project storage project, uint256 index) internal returns (uint256 amountWei) {
        amountWei = earnedWei(project, index);
        project.progress.unpaidFees = _clear(project.progress.unpaidFees, index);
        AggregatorAccount storage account = project.aggregators[index];
        // Most have only fees: a word that is zero already need not be written.
        if (account.earnedWei != 0) account.earnedWei = 0;
    }

    function _count(uint24 unpaid, uint256 index) private pure returns (uint256) {
        return (unpaid >> (index * _COUNT_BITS)) & _MOST;
    }

    function _clear(uint24 unpaid, uint256 index) private pure returns (uint24) {
        return unpaid & ~uint24(_MOST << (index * _COUNT_BITS));
    }
}
