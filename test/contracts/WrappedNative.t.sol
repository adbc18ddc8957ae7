// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {WrappedNative} from "../../contracts/WrappedNative.sol";
import {Test} from "./support/Test.sol";

/// @title The native coin as a token
contract WrappedNativeTest is Test {
    WrappedNative private wrapped;
    address private alice = makeAddr("alice");

    function setUp() public {
        wrapped = new WrappedNative();
        deal(alice, 10 ether);
    }

    function test_deposit_mintsOneForOne() public {
        vm.expectEmit(address(wrapped));
        emit WrappedNative.Deposit(alice, 3 ether);
        vm.prank(alice);
        wrapped.deposit{value: 3 ether}();

        assertEq(wrapped.balanceOf(alice), 3 ether);
        assertEq(address(wrapped).balance, 3 ether);
    }

    function test_receive_isADeposit() public {
        vm.prank(alice);
        (bool ok, ) = address(wrapped).call{value: 1 ether}("");
        assertTrue(ok);
        assertEq(wrapped.balanceOf(alice), 1 ether);
    }

    function test_withdraw_givesTheCoinsBack() public {
        vm.startPrank(alice);
        wrapped.deposit{value: 3 ether}();
        vm.expectEmit(address(wrapped));
        emit WrappedNative.Withdrawal(alice, 2 ether);
        wrapped.withdraw(2 ether);

        assertEq(alice.balance, 9 ether);
        assertEq(wrapped.totalSupply(), 1 ether);
    }

    function test_withdraw_moreThanOnesOwn_reverts() public {
        vm.startPrank(alice);
        wrapped.deposit{value: 3 ether}();
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 3 ether, 3 ether + 1)
        );
        wrapped.withdraw(3 ether + 1);
    }
}
