// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Keeps a hundredth of every transfer
contract FeeToken is TestToken {
    function _update(address from, address to, uint256 amountWei) internal override {
        super._update(from, to, amountWei);
        if (from != address(0) && to != address(0)) super._update(to, address(0xfee), amountWei / 100);
    }
}

/// @title Behaves, until it is switched: then the chosen misbehaviour
contract SwitchedToken is TestToken {
    enum Mode {
        Honest,
        ReturnsFalse,
        Reverts,
        BurnsAllGas,
        TakesTwice,
        MovesNothing,
        ReturnsABomb
    }

    Mode private _mode;
    mapping(address account => bool) private _isBlocked;

    function switchTo(Mode mode) external {
        _mode = mode;
    }

    function blockAccount(address account) external {
        _isBlocked[account] = true;
    }

    function transfer(address to, uint256 amountWei) public override returns (bool) {
        require(!_isBlocked[to], "blocked");
        if (_mode == Mode.ReturnsFalse) return false;
        if (_mode == Mode.MovesNothing) return true;
        if (_mode == Mode.Reverts) revert("no");
        if (_mode == Mode.BurnsAllGas) {
            while (true) {}
        }
        if (_mode == Mode.ReturnsABomb) {
            assembly ("memory-safe") {
                revert(0, 20000)
            }
        }
        if (_mode == Mode.TakesTwice) _transfer(msg.sender, address(0xbad), amountWei);
        return super.transfer(to, amountWei);
    }
}

/// @title Calls back into somebody during a transfer
contract ReentrantToken is TestToken {
    address private _target;
    bytes private _call;
    bool public hasSucceeded;

    function arm(address target, bytes calldata call_) external {
        _target = target;
        _call = call_;
    }

    function _update(address from, address to, uint256 amountWei) internal override {
        super._update(from, to, amountWei);
        if (_target != address(0)) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool ok, ) = _target.call(_call);
            hasSucceeded = hasSucceeded || ok;
        }
    }
}
