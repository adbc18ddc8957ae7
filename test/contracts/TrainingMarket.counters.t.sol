// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {TrainerView} from "../../contracts/types/MarketViews.sol";
import {ProjectTerms} from "../../contracts/types/ProjectTerms.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Counters at the end of what they can count
contract TrainingMarketCountersTest is MarketFixture {
    function test_strikes_moreThanTheyCanCount_doNotStopTheProject() public {
        ProjectTerms memory terms = _terms();
        terms.maxStrikes = 0;
        terms.rounds = 300;
        terms.budgetPerRoundWei = 1 ether;
        terms.payEvery = 1000;
        uint256 projectId = _ready(terms, 3);
        for (uint256 round = 0; round < 257; ++round) {
            _openAndSubmit(projectId, 3);
            _settleWith(projectId, primary, _verdictsBut(1, AGAINST_REFERENCE));
        }
        TrainerView memory trainer = market.getTrainer(projectId, _trainer(1));
        assertEq(trainer.strikes, 255);
        assertEq(market.getProject(projectId).appliedRounds, 257);
    }

    function test_voids_moreThanTheyCanCount_doNotStopTheProject() public {
        ProjectTerms memory terms = _terms();
        terms.extraRounds = 300;
        uint256 projectId = _ready(terms, 3);
        for (uint256 round = 0; round < 257; ++round) {
            _openAndSubmit(projectId, 3);
            _settleWith(projectId, primary, _verdicts(AGAINST_REFERENCE));
        }
        assertEq(market.getProject(projectId).consecutiveVoids, 255);
        _openAndSubmit(projectId, 3);
        _settle(projectId, primary);
        assertEq(market.getProject(projectId).consecutiveVoids, 0);
    }
}
