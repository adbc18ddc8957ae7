// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {SwitchedToken} from "./mocks/HostileTokens.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title The largest rounds and rosters, and tokens that turn hostile in the middle of a project
contract TrainingMarketLimitsTest is MarketFixture {
    /// @dev What one transaction may use on Ethereum since EIP-7825.
    uint256 private constant _TRANSACTION_GAS = 1 << 24;

    SwitchedToken private _switched;

    function setUp() public override {
        super.setUp();
        _switched = new SwitchedToken();
        token = _switched;
    }

    function test_settle_largestRound_fitsATransactionAndPaysEverybody() public {
        ProjectTerms memory terms = _terms();
        terms.slots = 32;
        terms.maxTrainers = 29;
        uint256 projectId = _ready(terms, 29);
        _openAndSubmit(projectId, 29);
        SettleRound memory request = _settlement(projectId);
        vm.prank(primary);
        market.settleRound{gas: _TRANSACTION_GAS}(request);
        assertGt(token.balanceOf(_payout(_trainer(28))), 30 ether);
    }

    function test_settle_everyTrainerOfALargeRound_isPaidByItsOwnOutcome() public {
        ProjectTerms memory terms = _terms();
        terms.slots = 32;
        terms.maxTrainers = 29;
        uint256 projectId = _ready(terms, 29);
        _openAndSubmit(projectId, 29);
        uint8[] memory verdicts = _verdicts(ACCEPTED);
        // One behind each border between two words, and one in the first.
        (verdicts[3], verdicts[8], verdicts[17], verdicts[28]) = (6, 6, 6, 6);

        _settleWith(projectId, primary, verdicts);

        for (uint256 i = 0; i < 29; ++i) {
            uint256 paidWei = token.balanceOf(_payout(_trainer(i)));
            assertEq(paidWei > 0, verdicts[i] == ACCEPTED);
        }
    }

    function test_end_fullRosterWhoseTokenBurnsAllGas_fitsATransaction() public {
        uint256 projectId = _ready(_terms(), 40);
        _switched.switchTo(SwitchedToken.Mode.BurnsAllGas);
        vm.warp(START + 1200);
        market.poke{gas: _TRANSACTION_GAS}(projectId);

        assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
        _switched.switchTo(SwitchedToken.Mode.Honest);
        vm.prank(_payout(_trainer(39)));
        assertEq(vault.withdraw(address(token), _payout(_trainer(39))), 10 ether);
        vm.prank(owner);
        assertEq(vault.withdraw(address(token), owner), 3007 ether);
    }

    function test_hostileToken_settlesAndEndsNevertheless() public {
        for (uint256 mode = 1; mode <= uint256(SwitchedToken.Mode.ReturnsABomb); ++mode) {
            _switched.switchTo(SwitchedToken.Mode.Honest);
            uint256 projectId = _ready(_terms(), 3);
            _openAndSubmit(projectId, 3);
            _switched.switchTo(SwitchedToken.Mode(mode));
            uint256 before = vault.claimOf(address(token), _payout(_trainer(0)));

            _settle(projectId, primary);
            vm.prank(owner);
            market.announceStop(projectId);

            assertEq(uint256(market.getProject(projectId).phase), uint256(RoundPhase.Ended));
            assertGt(vault.claimOf(address(token), _payout(_trainer(0))), before + 300 ether);
            assertEq(token.balanceOf(address(vault)), vault.owed(address(token)));
        }
    }
}
