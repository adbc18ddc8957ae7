// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ProjectView, TrainerStatus} from "../../contracts/types/MarketViews.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title A project from posting to refund
contract TrainingMarketLifeTest is MarketFixture {
    function test_life_everythingWorks_paysEverybody() public {
        uint256 projectId = _ready(_terms(), 4);
        assertEq(token.balanceOf(address(vault)), 3000 ether + 7 ether + 1000 ether + 40 ether);

        for (uint256 round = 0; round < 3; ++round) {
            _openAndSubmit(projectId, 4);
            _settle(projectId, primary);
        }

        ProjectView memory project = market.getProject(projectId);
        assertEq(uint256(project.phase), uint256(RoundPhase.Ended));
        assertEq(project.appliedRounds, 3);
        // A round: 10 % flat in four, and shares of 16383 of 65535 each.
        uint256 perRoundWei = 25 ether + (uint256(900 ether) * 16383) / 65535;
        uint256 firstWei = token.balanceOf(_payout(_trainer(0)));
        assertGt(firstWei, 3 * perRoundWei + 10 ether - 1);
        assertEq(token.balanceOf(primary), 500 ether + 3 ether);
        assertEq(token.balanceOf(standby), 500 ether);
        assertEq(token.balanceOf(owner), 3007 ether - 3 ether - 4 * (firstWei - 10 ether));
        assertEq(token.balanceOf(address(vault)), 0);
        assertEq(vault.owed(address(token)), 0);
        assertEq(uint256(market.getTrainer(projectId, _trainer(0)).status), uint256(TrainerStatus.Left));
        assertGt(registry.reliabilityOf(_trainer(0)), 32768);
    }
}
