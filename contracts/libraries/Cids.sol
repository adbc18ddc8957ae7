// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../interfaces/ITrainingMarket.sol";

/// @title The lengths that content identifiers may have
library Cids {
    /// @dev Room for any hash in use; without a bound, events could be made expensive for those who read them.
    uint256 internal constant LONGEST = 96;

    /// @notice Refuses an empty or overlong CID. What it says is the reader's to check.
    function requireCid(bytes calldata cid) internal pure {
        if (cid.length == 0 || cid.length > LONGEST) revert ITrainingMarket.MarketInvalidCid(cid.length);
    }
}
