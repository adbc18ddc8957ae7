// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title Which trainers take part when more have joined than fit
/// @notice Draws without replacement, each draw in proportion to `reliability + 4096`.
///
/// Draw d = 0, 1, ..: `ticket = keccak256(seed, projectId, roundIndex, d) mod (sum of weights not drawn yet)`; drawn is the first,
/// in order of roster places, whose running sum of weights exceeds the ticket.
/// @dev Twin: services/protocol/market/sampling.ts. The seed is the `prevrandao` of the block that opens the round. An aggregator that
/// dislikes a seed can wait for another block, at the cost of its open window: a bias that more trusted randomness would remove.
library Sampling {
    /// @dev Added to every reliability, so that nobody's chance is zero and a low score can recover.
    uint256 internal constant FLOOR = 4096;

    /// @notice The bits of the drawn candidates.
    /// @param candidates Set of places to draw from.
    /// @param reliabilities Reliability of each place, read for candidates only.
    /// @param draws How many to draw, at most as many as there are candidates.
    /// @param seed The randomness.
    /// @param projectId The project.
    /// @param roundIndex The round.
    function draw(
        uint256 candidates,
        uint256[] memory reliabilities,
        uint256 draws,
        uint256 seed,
        uint256 projectId,
        uint256 roundIndex
    ) internal pure returns (uint256 drawn) {
        uint256 total;
        for (uint256 place = 0; place < reliabilities.length; ++place) {
            if ((candidates >> place) & 1 == 1) total += reliabilities[place] + FLOOR;
        }
        for (uint256 d = 0; d < draws; ++d) {
            uint256 ticket = uint256(keccak256(abi.encode(seed, projectId, roundIndex, d))) % total;
            uint256 place = _placeOf(candidates, reliabilities, ticket);
            candidates ^= 1 << place;
            drawn |= 1 << place;
            total -= reliabilities[place] + FLOOR;
        }
    }

    function _placeOf(
        uint256 candidates,
        uint256[] memory reliabilities,
        uint256 ticket
    ) private pure returns (uint256 place) {
        uint256 sum;
        for (; ; ++place) {
            if ((candidates >> place) & 1 == 0) continue;
            sum += reliabilities[place] + FLOOR;
            if (sum > ticket) return place;
        }
    }
}
