// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRewardVault} from "../interfaces/IRewardVault.sol";

/// @title A payment to one payee
library SinglePayment {
    /// @notice Pays one payee out of a project's pot; nothing if the amount is zero.
    function pay(IRewardVault vault, uint256 projectId, address payee, uint256 amountWei) internal {
        if (amountWei == 0) return;
        address[] memory payees = new address[](1);
        uint256[] memory amountsWei = new uint256[](1);
        payees[0] = payee;
        amountsWei[0] = amountWei;
        vault.pay(projectId, payees, amountsWei);
    }
}
