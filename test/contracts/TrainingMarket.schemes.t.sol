// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {RosterMask} from "../../contracts/libraries/RosterMask.sol";
import {BaseWeightKind, ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {OpenRound} from "../../contracts/types/RoundRequests.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Schemes with calls that anybody may make: what they bring, and what not
contract TrainingMarketSchemesTest is MarketFixture {
    using RosterMask for uint256;

    /// @dev The block's randomness is known to whoever makes the block, or calls from a contract that looks at it. It is no use to
    /// fix it: the draw also depends on who has joined, and an aggregator's own identities may join just before it opens.
    function test_draw_ownIdentitiesThatJoinFirst_chooseWithinOneBlock() public {
        uint256 projectId = _ready(_terms(), 12);
        vm.prevrandao(bytes32(uint256(7)));
        OpenRound memory request = _openRequest(projectId);

        uint256 drawn;
        for (uint256 joined = 0; joined < 12; ++joined) {
            if (joined != 0) _join(projectId, _trainer(11 + joined), 10 ether);
            uint256 snapshot = vm.snapshotState();
            vm.prank(primary);
            market.openRound(request);
            if (uint256(market.getRound(projectId).eligibleMask).has(4)) ++drawn;
            vm.revertToState(snapshot);
        }

        assertGt(drawn, 0, "there is a draw with the rival");
        assertLt(drawn, 12, "and one without it, in the same block");
    }

    /// @dev Whoever holds most places need not send anything refused to stop a project: it can go.
    function test_leave_mostAtOnce_leavesTheOthersTheOpeningTurns() public {
        uint256 projectId = _ready(_terms(), 5);
        _openAndSubmit(projectId, 5);
        _closeCommit(projectId);
        _settle(projectId, primary);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(_trainer(i));
            market.leaveProject(projectId);
        }
        OpenRound memory request = _openRequest(projectId);
        vm.expectRevert(abi.encodeWithSelector(ITrainingMarket.MarketTooFewTrainers.selector, 3, 2));
        vm.prank(primary);
        market.openRound(request);
        uint256 snapshot = vm.snapshotState();

        // Whoever wants the places has the turns of all aggregators to come.
        vm.warp(block.timestamp + 199);
        _join(projectId, _trainer(5), 10 ether);
        vm.prank(primary);
        market.openRound(request);
        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Commit));

        // Nobody came: the others have their stakes and their pay, and the owner what is left.
        vm.revertToState(snapshot);
        vm.warp(block.timestamp + 200);
        market.poke(projectId);
        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        assertGt(token.balanceOf(_payout(_trainer(4))), 10 ether);
        assertGt(token.balanceOf(owner), 2000 ether);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    /// @dev A pot counts to 2^96. Filled up by a stranger it takes no stake and no bond any more; the money is the project's.
    function test_addBudget_untilThePotIsFull_stopsDepositsOnlyAndIsPaidOut() public {
        uint256 projectId = _ready(_terms(), 4);
        (, uint256 potWei) = vault.potOf(projectId);
        uint256 freeWei = type(uint96).max - potWei;
        _fund(third, freeWei);
        vm.startPrank(third);
        while (freeWei != 0) {
            uint256 amountWei = freeWei < type(uint88).max ? freeWei : type(uint88).max;
            market.addBudget(projectId, amountWei);
            freeWei -= amountWei;
        }
        vm.stopPrank();

        _register(_trainer(4));
        _fund(_trainer(4), 10 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardVault.VaultPotTooLarge.selector,
                projectId,
                uint256(type(uint96).max) + 10 ether
            )
        );
        vm.prank(_trainer(4));
        market.joinProject(projectId, 10 ether);

        for (uint256 round = 0; round < 3; ++round) {
            _openAndSubmit(projectId, 4);
            _closeCommit(projectId);
            _settle(projectId, primary);
        }
        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        // Three rounds with four trainers, a dust aside: what was added went to them.
        assertGt(token.balanceOf(_payout(_trainer(0))), uint256(type(uint96).max) / 5);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    /// @dev `permit` makes the market call an address of the caller's choice.
    function test_permit_ofWhatIsNoToken_movesNothing() public {
        uint256 projectId = _ready(_terms(), 3);
        address[5] memory callees = [
            address(vault),
            address(registry),
            address(verifier),
            address(market),
            address(token)
        ];
        (, uint256 potWei) = vault.potOf(projectId);

        for (uint256 i = 0; i < callees.length; ++i) {
            vm.prank(third);
            market.permit(
                callees[i],
                type(uint256).max,
                type(uint256).max,
                27,
                bytes32(uint256(1)),
                bytes32(uint256(1))
            );
        }

        (, uint256 leftWei) = vault.potOf(projectId);
        assertEq(leftWei, potWei);
        assertEq(token.allowance(address(market), address(vault)), 0);
        assertEq(token.allowance(third, address(vault)), 0);
        _assertSolvent();
    }

    /// @dev The smallest weight is one unit, whatever the stake: a minimum stake below a unit's price makes identities cheap.
    function test_join_stakesBelowAUnitOfWeight_weighAWholeUnitEach() public {
        ProjectTerms memory terms = _terms();
        terms.baseWeightKind = BaseWeightKind.BondedStake;
        terms.stakeWei = 1;
        terms.fullWeightStakeWei = 1023 ether;
        uint256 projectId = _ready(terms, 0);

        _join(projectId, _trainer(0), 10 ether);
        for (uint256 i = 1; i <= 10; ++i) {
            _join(projectId, _trainer(i), 1);
            assertEq(market.getTrainer(projectId, _trainer(i)).baseWeight, 1);
        }
        // Ten wei weigh as much as ten ether.
        assertEq(market.getTrainer(projectId, _trainer(0)).baseWeight, 10);
    }
}
