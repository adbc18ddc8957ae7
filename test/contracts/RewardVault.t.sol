// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {RewardVault} from "../../contracts/RewardVault.sol";
import {FeeToken, ReentrantToken, SwitchedToken} from "./mocks/HostileTokens.sol";
import {TestToken} from "./mocks/TestToken.sol";
import {Test} from "./support/Test.sol";

/// @title The vault, with this contract as its market
contract RewardVaultTest is Test {
    RewardVault private vault;
    TestToken private token;
    SwitchedToken private switched;
    address private payer = makeAddr("payer");
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");

    function setUp() public {
        vault = new RewardVault(address(this));
        token = new TestToken();
        switched = new SwitchedToken();
        _fund(token);
        _fund(switched);
    }

    // --- deposit ---

    function test_deposit_movesMoneyAndGrowsThePot() public {
        vm.expectEmit(address(vault));
        emit IRewardVault.Deposited(1, address(token), payer, 100);
        vault.deposit(1, address(token), payer, 100);
        vault.deposit(1, address(token), payer, 23);

        (address potToken, uint256 potWei) = vault.potOf(1);
        assertEq(potToken, address(token));
        assertEq(potWei, 123);
        assertEq(vault.owed(address(token)), 123);
        assertEq(token.balanceOf(address(vault)), 123);
    }

    function test_deposit_otherToken_reverts() public {
        vault.deposit(1, address(token), payer, 100);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardVault.VaultWrongToken.selector, 1, address(token), address(switched))
        );
        vault.deposit(1, address(switched), payer, 100);
    }

    function test_deposit_tokenTakesAFee_reverts() public {
        FeeToken fee = new FeeToken();
        _fund(fee);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.VaultShortDeposit.selector, address(fee), 1000, 990));
        vault.deposit(1, address(fee), payer, 1000);
    }

    function test_deposit_exactlyNinetySixBits_fits() public {
        token.mint(payer, type(uint96).max);

        vault.deposit(1, address(token), payer, type(uint96).max);

        (, uint256 potWei) = vault.potOf(1);
        assertEq(potWei, type(uint96).max);
    }

    function test_deposit_pastNinetySixBits_reverts() public {
        vault.deposit(1, address(token), payer, 5);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardVault.VaultPotTooLarge.selector, 1, uint256(type(uint96).max) + 1)
        );
        vault.deposit(1, address(token), payer, uint256(type(uint96).max) - 4);
    }

    function test_everyMove_byAnybodyElse_reverts() public {
        vault.deposit(1, address(token), payer, 100);
        (address[] memory payees, uint256[] memory amountsWei) = _list(alice, 1);
        bytes memory refusal = abi.encodeWithSelector(IRewardVault.VaultNotMarket.selector, bob);
        vm.startPrank(bob);
        vm.expectRevert(refusal);
        vault.deposit(1, address(token), payer, 1);
        vm.expectRevert(refusal);
        vault.pay(1, payees, amountsWei);
        vm.expectRevert(refusal);
        vault.payRemainder(1, bob);
        vm.expectRevert(refusal);
        vault.transferFromSelf(address(token), bob, 1);
    }

    // --- pay ---

    function test_pay_transfersAtOnce() public {
        vault.deposit(1, address(token), payer, 100);
        vm.expectEmit(address(vault));
        emit IRewardVault.Paid(1, address(token), alice, 60);
        _pay(1, alice, 60);
        assertEq(token.balanceOf(alice), 60);
        assertEq(vault.owed(address(token)), 40);
    }

    function test_pay_moreThanThePot_revertsThoughTheVaultHasMore() public {
        vault.deposit(1, address(token), payer, 100);
        vault.deposit(2, address(token), payer, 100);
        (address[] memory payees, uint256[] memory amountsWei) = _list(alice, 101);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.VaultInsufficientPot.selector, 1, 101, 100));
        vault.pay(1, payees, amountsWei);
    }

    function test_pay_blockedPayee_doesNotBlockTheOthers() public {
        vault.deposit(1, address(switched), payer, 100);
        switched.blockAccount(alice);
        address[] memory payees = new address[](2);
        uint256[] memory amountsWei = new uint256[](2);
        (payees[0], payees[1]) = (alice, bob);
        (amountsWei[0], amountsWei[1]) = (40, 60);

        vm.expectEmit(address(vault));
        emit IRewardVault.PaymentKept(1, address(switched), alice, 40);
        vault.pay(1, payees, amountsWei);

        assertEq(switched.balanceOf(bob), 60);
        assertEq(vault.claimOf(address(switched), alice), 40);
        assertEq(vault.owed(address(switched)), 40);

        // The payee chooses an address that its token does not block.
        vm.expectEmit(address(vault));
        emit IRewardVault.Withdrawn(address(switched), alice, makeAddr("elsewhere"), 40);
        vm.prank(alice);
        vault.withdraw(address(switched), makeAddr("elsewhere"));
        assertEq(switched.balanceOf(makeAddr("elsewhere")), 40);
        assertEq(vault.owed(address(switched)), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.VaultNothingToWithdraw.selector, address(switched), alice));
        vm.prank(alice);
        vault.withdraw(address(switched), alice);
    }

    function test_pay_everyMisbehaviour_keepsTheAmount() public {
        for (uint256 mode = 1; mode <= uint256(SwitchedToken.Mode.ReturnsABomb); ++mode) {
            vault.deposit(mode, address(switched), payer, 100);
            uint256 before = switched.balanceOf(address(vault));
            switched.switchTo(SwitchedToken.Mode(mode));

            _pay(mode, alice, 100);

            switched.switchTo(SwitchedToken.Mode.Honest);
            assertEq(vault.claimOf(address(switched), alice), mode * 100);
            assertEq(switched.balanceOf(address(vault)), before);
            assertEq(vault.owed(address(switched)), before);
        }
    }

    function test_pay_tooLittleGas_revertsInsteadOfStarvingThePayee() public {
        vault.deposit(1, address(token), payer, 100);
        (address[] memory payees, uint256[] memory amountsWei) = _list(alice, 60);
        vm.expectPartialRevert(IRewardVault.VaultNotEnoughGas.selector);
        vault.pay{gas: 150_000}(1, payees, amountsWei);
    }

    function test_pay_zero_isPassedOverWithoutAWord() public {
        vault.deposit(1, address(token), payer, 100);
        vm.recordLogs();
        _pay(1, address(0), 0);
        _pay(1, alice, 0);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(vault.owed(address(token)), 100);
    }

    function test_payRemainder_emptiesThePotAndNoOther() public {
        vault.deposit(1, address(token), payer, 100);
        vault.deposit(2, address(token), payer, 7);
        _pay(1, alice, 60);
        assertEq(vault.payRemainder(1, bob), 40);
        assertEq(token.balanceOf(bob), 40);
        assertEq(vault.payRemainder(1, bob), 0);
        assertEq(vault.owed(address(token)), 7);
    }

    function test_pay_reenteringToken_findsEveryDoorClosed() public {
        ReentrantToken reentrant = new ReentrantToken();
        _fund(reentrant);
        vault.deposit(1, address(reentrant), payer, 100);
        (address[] memory payees, uint256[] memory amountsWei) = _list(alice, 10);
        bytes[5] memory calls = [
            abi.encodeCall(vault.withdraw, (address(reentrant), bob)),
            abi.encodeCall(vault.pay, (1, payees, amountsWei)),
            abi.encodeCall(vault.payRemainder, (1, bob)),
            abi.encodeCall(vault.deposit, (1, address(reentrant), payer, 1)),
            abi.encodeCall(vault.transferFromSelf, (address(reentrant), bob, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            reentrant.arm(address(vault), calls[i]);
            _pay(1, alice, 10);
        }
        assertFalse(reentrant.hasSucceeded());
        assertEq(reentrant.balanceOf(alice), 50);
        assertEq(vault.owed(address(reentrant)), 50);
    }

    // --- withdraw ---

    function test_withdraw_nothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.VaultNothingToWithdraw.selector, address(token), bob));
        vm.prank(bob);
        vault.withdraw(address(token), bob);
    }

    function test_withdraw_duringAWithdrawal_revertsAndPaysOnce() public {
        ReentrantToken reentrant = new ReentrantToken();
        _fund(reentrant);
        vault.deposit(1, address(reentrant), payer, 100);
        // The token's own account as payee: what is kept for it, it tries to withdraw twice.
        vm.mockCallRevert(
            address(reentrant),
            abi.encodeWithSelector(IERC20.transfer.selector, address(reentrant), 30),
            "no"
        );
        _pay(1, address(reentrant), 30);
        vm.clearMockedCalls();
        reentrant.arm(address(vault), abi.encodeCall(vault.withdraw, (address(reentrant), bob)));
        vm.prank(address(reentrant));
        vault.withdraw(address(reentrant), bob);
        assertEq(reentrant.balanceOf(bob), 30);
        assertFalse(reentrant.hasSucceeded());
    }

    function test_withdraw_tokenStillMisbehaves_revertsAndKeepsTheClaim() public {
        vault.deposit(1, address(switched), payer, 100);
        switched.switchTo(SwitchedToken.Mode.TakesTwice);
        _pay(1, alice, 50);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.VaultWrongTransfer.selector, address(switched), 50, 100));
        vm.prank(alice);
        vault.withdraw(address(switched), alice);

        switched.switchTo(SwitchedToken.Mode.ReturnsFalse);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(switched)));
        vm.prank(alice);
        vault.withdraw(address(switched), alice);
        assertEq(vault.claimOf(address(switched), alice), 50);
    }

    function test_fuzz_depositsAndPayments_neverOweMoreThanIsHeld(
        uint96[4] memory depositsWei,
        uint96[4] memory paysWei
    ) public {
        for (uint256 i = 0; i < 4; ++i) {
            uint256 depositWei = bound(depositsWei[i], 0, 1e27);
            if (depositWei != 0) vault.deposit(i % 2, address(token), payer, depositWei);
            (, uint256 potWei) = vault.potOf(i % 2);
            _pay(i % 2, alice, bound(paysWei[i], 0, potWei));
            assertEq(token.balanceOf(address(vault)), vault.owed(address(token)));
        }
    }

    function _fund(TestToken which) private {
        which.mint(payer, 1e30);
        vm.prank(payer);
        which.approve(address(vault), type(uint256).max);
    }

    function _list(
        address payee,
        uint256 amountWei
    ) private pure returns (address[] memory payees, uint256[] memory amountsWei) {
        payees = new address[](1);
        amountsWei = new uint256[](1);
        payees[0] = payee;
        amountsWei[0] = amountWei;
    }

    function _pay(uint256 projectId, address payee, uint256 amountWei) private {
        (address[] memory payees, uint256[] memory amountsWei) = _list(payee, amountWei);
        vault.pay(projectId, payees, amountsWei);
    }
}
