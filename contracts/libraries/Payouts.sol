// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title What a round pays
/// @notice Of the round's budget a flat part is split evenly among the accepted trainers, the rest goes by the proof's shares; no
/// trainer gets more than the cap. Every division rounds down; what is not paid stays in the project's budget.
///
/// `flatEach = floor(floor(budget * flatBps / 10000) / accepted)`,
/// `byShare = floor((budget - floor(budget * flatBps / 10000)) * share / 65535)`,
/// `pay = min(flatEach + byShare, floor(budget * capBps / 10000))`.
/// @dev Twin: services/protocol/payout.ts, vectors test/vectors/payout.json.
library Payouts {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant SHARE_SUM = 65535;
    uint8 internal constant ACCEPTED = 1;

    /// @notice What each trainer is paid. Sums to at most `budgetWei`, because shares sum to at most 65535.
    /// @param budgetWei The round's budget, below 2^96.
    /// @param flatBps Flat part in 1/10000.
    /// @param capBps Cap per trainer in 1/10000.
    /// @param shares Parts of 65535.
    /// @param verdicts 1 = accepted.
    function split(
        uint256 budgetWei,
        uint256 flatBps,
        uint256 capBps,
        uint16[] memory shares,
        uint8[] memory verdicts
    ) internal pure returns (uint256[] memory paysWei) {
        uint256 count = shares.length;
        paysWei = new uint256[](count);
        uint256 accepted;
        // Amounts are below 2^96, parts below 2^16, and a round has at most 29 trainers: no product or sum comes near 2^256.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (verdicts[i] == ACCEPTED) ++accepted;
            }
            if (accepted == 0) return paysWei;

            uint256 flatWei = (budgetWei * flatBps) / BPS;
            uint256 sharedWei = budgetWei - flatWei;
            uint256 capWei = (budgetWei * capBps) / BPS;
            uint256 flatEachWei = flatWei / accepted;
            for (uint256 i = 0; i < count; ++i) {
                if (verdicts[i] != ACCEPTED) continue;
                uint256 payWei = flatEachWei + (sharedWei * shares[i]) / SHARE_SUM;
                paysWei[i] = payWei < capWei ? payWei : capWei;
            }
        }
    }
}
