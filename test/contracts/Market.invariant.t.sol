// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RewardVault} from "../../contracts/RewardVault.sol";
import {MarketHandler} from "./support/MarketHandler.sol";
import {Test} from "./support/Test.sol";

interface IBalance {
    function balanceOf(address account) external view returns (uint256);
}

/// @title The steps of `MarketHandler`, for the fuzzer
/// @dev In the suite's own file, because the runner knows the artifacts of test files only; and apart from the handler, because
/// it cannot recognise a contract whose code carries linked libraries.
contract MarketSteps {
    MarketHandler private _handler;

    constructor(MarketHandler handler) {
        _handler = handler;
    }

    function passTime(uint256 seconds_) external {
        _handler.passTime(seconds_);
    }

    function join(uint256 seed, uint256 stakeWei) external {
        _handler.join(seed, stakeWei);
    }

    function depart(uint256 seed) external {
        _handler.depart(seed);
    }

    function release(uint256 seed) external {
        _handler.release(seed);
    }

    function takePlace(uint256 seed) external {
        _handler.takePlace(seed);
    }

    function rebond(uint256 seed) external {
        _handler.rebond(seed);
    }

    function addBudget(uint256 seed, uint96 amountWei) external {
        _handler.addBudget(seed, amountWei);
    }

    function open(uint256 seed) external {
        _handler.open(seed);
    }

    function submit(uint256 seed) external {
        _handler.submit(seed);
    }

    function submitAll(uint256 seed) external {
        _handler.submitAll(seed);
    }

    function reveal(uint256 seed) external {
        _handler.reveal(seed);
    }

    function settle(uint256 seed, uint256 outcomes) external {
        _handler.settle(seed, outcomes);
    }

    /// @dev A whole round in one step: random steps alone rarely find the way through all phases.
    function playRound(uint256 seed, uint256 outcomes) external {
        _handler.open(seed);
        _handler.submitAll(seed);
        _handler.passTime(outcomes >> 200);
        _handler.settle(seed, outcomes);
    }

    function abandon(uint256 seed) external {
        _handler.abandon(seed);
    }

    function poke(uint256 seed) external {
        _handler.poke(seed);
    }

    function stop(uint256 seed) external {
        _handler.stop(seed);
    }

    function steal(uint256 seed) external {
        _handler.steal(seed);
    }
}

/// @title What is true after any sequence of steps by anybody
contract MarketInvariantTest is Test {
    MarketHandler private handler;

    function setUp() public {
        handler = new MarketHandler();
        handler.start();
        targetContract(address(new MarketSteps(handler)));
    }

    /// @dev One campaign for all of them: each named check below holds after every step.
    function invariant_moneyScoresAndExitsAreSound() public view {
        _owedIsHeld();
        _everyProjectIsCovered();
        _atMostOneSettlementPerRound();
        _nobodyGainsWithoutAPart();
        _onlyProvenOutcomesTouchScores();
        _noExitIsRefused();
        _nobodyLosesAPlaceThatIsUsedOrNotWanted();
    }

    /// @dev The vault holds exactly what it owes, and it owes exactly its pots and claims.
    function _owedIsHeld() private view {
        RewardVault vault = handler.vault_();
        address token = handler.token_();
        assertEq(IBalance(token).balanceOf(address(vault)), vault.owed(token), "owed == held");
        uint256 potsWei;
        for (uint256 id = 1; id <= handler.PROJECTS(); ++id) {
            (, uint256 potWei) = vault.potOf(id);
            potsWei += potWei;
        }
        assertEq(potsWei, vault.owed(token), "pots are all that is owed: nobody refuses payment here");
    }

    /// @dev Everything that the market owes somebody is in that project's own pot, and nothing else: what a round pays is exactly what
    /// leaves the budget.
    function _everyProjectIsCovered() private view {
        for (uint256 id = 1; id <= handler.PROJECTS(); ++id) {
            (, uint256 potWei) = handler.vault_().potOf(id);
            assertEq(handler.obligationsWei(id), potWei, "obligations == pot");
            assertLe(potWei, handler.putInWei(id), "nothing comes from nowhere");
        }
    }

    function _atMostOneSettlementPerRound() private view {
        for (uint256 id = 1; id <= handler.PROJECTS(); ++id) {
            for (uint256 round = 0; round <= handler.highestRound(id); ++round) {
                assertLe(handler.settlementsOf(id, round), 1, "at most one settlement");
            }
        }
    }

    function _nobodyGainsWithoutAPart() private view {
        assertEq(handler.thefts(), 0, "no theft");
    }

    function _onlyProvenOutcomesTouchScores() private view {
        assertEq(handler.unprovenChanges(), 0, "scores change by proof only");
    }

    function _noExitIsRefused() private view {
        assertEq(handler.lockedExits(), 0, "an overdue project can be moved on");
    }

    function _nobodyLosesAPlaceThatIsUsedOrNotWanted() private view {
        assertEq(handler.unjustReleases(), 0, "only idle trainers of a full roster lose their places");
    }

    /// @dev A run in which nothing was ever settled would prove little; `test_sequence_reachesSettlements` shows that they are.
    function test_sequence_reachesSettlements() public {
        MarketSteps steps = new MarketSteps(handler);
        for (uint256 seed = 0; seed < 36; ++seed) {
            // Steps take the project from the seed's ninths.
            steps.playRound(9 * seed, uint256(keccak256(abi.encode(seed))));
            steps.poke(9 * seed);
            for (uint256 i = 0; i < 8; ++i) {
                steps.takePlace((uint256(keccak256(abi.encode(seed, i))) << 16) | (9 * seed));
            }
        }
        assertGt(handler.settlements(), 5, "rounds are settled");
        assertGt(handler.voids(), 0, "some of them void");
        assertGt(handler.replacements(), 3, "idle trainers are replaced");
        this.afterInvariant();
    }

    /// @dev From wherever the sequence got: time and a passer-by end every project and empty the vault.
    function afterInvariant() public {
        handler.runOut();
        assertEq(handler.ended(), handler.PROJECTS(), "every project ends");
        assertEq(handler.lockedExits(), 0, "nothing can lock");
        assertEq(IBalance(handler.token_()).balanceOf(address(handler.vault_())), 0, "everybody is paid");
    }
}
