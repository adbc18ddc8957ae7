// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title An honest token that anybody mints
contract TestToken is ERC20, ERC20Permit {
    constructor() ERC20("Test token", "TEST") ERC20Permit("Test token") {}

    function mint(address account, uint256 amountWei) external {
        _mint(account, amountWei);
    }
}
