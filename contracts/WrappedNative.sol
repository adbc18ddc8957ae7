// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title The chain's own coin as a token
/// @notice One token for every coin deposited; so that projects can pay in the native coin, and permits work for it.
/// @dev Like the well-known wrappers, with ERC-2612 permits. No owner.
contract WrappedNative is ERC20, ERC20Permit {
    /// @notice Emitted when coins become tokens.
    event Deposit(address indexed account, uint256 amountWei);
    /// @notice Emitted when tokens become coins.
    event Withdrawal(address indexed account, uint256 amountWei);

    constructor() ERC20("Wrapped native coin", "WNATIVE") ERC20Permit("Wrapped native coin") {}

    /// @notice Same as `deposit`.
    receive() external payable {
        deposit();
    }

    /// @notice Turns the coins sent into tokens of the sender.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Turns the sender's tokens into coins.
    function withdraw(uint256 amountWei) external {
        _burn(msg.sender, amountWei);
        emit Withdrawal(msg.sender, amountWei);
        Address.sendValue(payable(msg.sender), amountWei);
    }
}
