// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Payouts} from "../../contracts/libraries/Payouts.sol";
import {Reliability} from "../../contracts/libraries/Reliability.sol";
import {RosterMask} from "../../contracts/libraries/RosterMask.sol";
import {RoundPhases} from "../../contracts/libraries/RoundPhases.sol";
import {Sampling} from "../../contracts/libraries/Sampling.sol";
import {RoundPhase} from "../../contracts/types/RoundPhase.sol";
import {Test} from "./support/Test.sol";

/// @title The market's formulas, against the vectors that TypeScript runs too
contract MarketRulesTest is Test {
    using RosterMask for uint256;

    // --- Payouts ---

    function test_payouts_vectors() public view {
        string memory json = vm.readFile("test/vectors/payout.json");
        uint256 seen;
        for (; vm.keyExistsJson(json, _at(seen, ".name")); ++seen) {
            uint16[] memory shares = _uint16s(vm.parseJsonUintArray(json, _at(seen, ".shares")));
            uint256[] memory numbers = vm.parseJsonUintArray(json, _at(seen, ".verdicts"));
            uint8[] memory verdicts = new uint8[](numbers.length);
            uint256 weightSum;
            uint256[] memory weights = vm.parseJsonUintArray(json, _at(seen, ".weights"));
            for (uint256 i = 0; i < numbers.length; ++i) {
                verdicts[i] = uint8(numbers[i]);
                weightSum += weights[i];
            }
            uint256 budgetWei = Payouts.budgetForReadable(
                vm.parseJsonUint(json, _at(seen, ".roundBudgetWei")),
                vm.parseJsonUint(json, _at(seen, ".readable")),
                vm.parseJsonUint(json, _at(seen, ".submitted"))
            );
            assertEq(budgetWei, vm.parseJsonUint(json, _at(seen, ".budgetWei")));
            uint256[] memory expected = vm.parseJsonUintArray(json, _at(seen, ".payoutsWei"));
            // The market splits only what a round that is not void pays.
            uint256[] memory paysWei =
                weightSum == 0
                    ? new uint256[](shares.length)
                    : _split(
                        budgetWei,
                        vm.parseJsonUint(json, _at(seen, ".flatBps")),
                        vm.parseJsonUint(json, _at(seen, ".capBps")),
                        shares,
                        verdicts
                    );
            assertEq(paysWei, expected);
            uint256 remainderWei = budgetWei;
            for (uint256 i = 0; i < paysWei.length; ++i) {
                remainderWei -= paysWei[i];
            }
            assertEq(remainderWei, vm.parseJsonUint(json, _at(seen, ".remainderWei")));
        }
        assertGt(seen, 5, "vectors were read");
    }

    /// @dev What the market pays by these verdicts and shares, in a round that is not void.
    function _split(
        uint256 budgetWei,
        uint256 flatBps,
        uint256 capBps,
        uint16[] memory shares,
        uint8[] memory verdicts
    ) private pure returns (uint256[] memory paysWei) {
        uint256 accepted;
        for (uint256 i = 0; i < verdicts.length; ++i) {
            if (verdicts[i] == 1) ++accepted;
        }
        Payouts.Rates memory rates = Payouts.rates(budgetWei, flatBps, capBps, accepted);
        paysWei = new uint256[](shares.length);
        for (uint256 i = 0; i < shares.length; ++i) {
            paysWei[i] = Payouts.payOf(rates, shares[i] | (uint256(verdicts[i]) << 27));
        }
    }

    function test_fuzz_payouts_neverExceedTheBudgetOrTheCap(
        uint96 budgetWei,
        uint16 flatBps,
        uint16 capBps,
        uint16[13] memory rawShares,
        uint8[13] memory rawVerdicts
    ) public pure {
        flatBps = uint16(bound(flatBps, 0, 10_000));
        capBps = uint16(bound(capBps, 1, 10_000));
        uint16[] memory shares = new uint16[](13);
        uint8[] memory verdicts = new uint8[](13);
        uint256 left = 65535;
        for (uint256 i = 0; i < 13; ++i) {
            verdicts[i] = rawVerdicts[i] % 9;
            shares[i] = uint16(bound(rawShares[i], 0, left));
            left -= shares[i];
        }
        uint256[] memory paysWei = _split(budgetWei, flatBps, capBps, shares, verdicts);
        uint256 sumWei;
        for (uint256 i = 0; i < 13; ++i) {
            sumWei += paysWei[i];
            assertLe(paysWei[i], (uint256(budgetWei) * capBps) / 10_000);
            if (verdicts[i] != 1) assertEq(paysWei[i], 0);
        }
        assertLe(sumWei, budgetWei);
    }

    // --- Reliability ---

    function test_reliability_vectors() public view {
        string memory json = vm.readFile("test/vectors/reliability.json");
        assertEq(vm.parseJsonUint(json, ".neutral"), Reliability.NEUTRAL);
        assertEq(vm.parseJsonUint(json, ".halfLifeSeconds"), Reliability.HALF_LIFE_SECONDS);
        uint256 seen;
        for (; vm.keyExistsJson(json, _case(seen, ".score")); ++seen) {
            uint256 score = vm.parseJsonUint(json, _case(seen, ".score"));
            uint256 now_ = Reliability.afterTime(score, vm.parseJsonUint(json, _case(seen, ".elapsedSeconds")));
            assertEq(now_, vm.parseJsonUint(json, _case(seen, ".decayed")));
            assertEq(Reliability.afterVerdict(now_, 1), vm.parseJsonUint(json, _case(seen, ".accepted")));
            assertEq(Reliability.afterVerdict(now_, 6), vm.parseJsonUint(json, _case(seen, ".rejected")));
            assertEq(Reliability.afterVerdict(now_, 2), vm.parseJsonUint(json, _case(seen, ".fault")));
            assertEq(score, vm.parseJsonUint(json, _case(seen, ".none")));
        }
        assertGt(seen, 20, "vectors were read");
    }

    function test_reliability_verdicts_areOutcomesOrNot() public pure {
        for (uint8 verdict = 0; verdict <= 8; ++verdict) {
            assertEq(Reliability.isOutcome(verdict), verdict != 0 && verdict != 8);
            assertEq(Reliability.isRejection(verdict), verdict >= 2 && verdict <= 7);
        }
    }

    function test_reliability_afterProject_addsWhatHappenedThere() public pure {
        assertEq(Reliability.afterProject(30_000, 32_768, 33_000), 30_232);
        assertEq(Reliability.afterProject(30_000, 33_000, 32_768), 29_768);
        assertEq(Reliability.afterProject(500, 700, 700), 500);
        assertEq(Reliability.afterProject(65_500, 100, 200), Reliability.MAX);
        assertEq(Reliability.afterProject(100, 300, 100), 0);
    }

    function test_fuzz_reliability_staysInRangeAndNeverCrossesNeutralByWaiting(
        uint16 score,
        uint40 elapsed
    ) public pure {
        uint256 later = Reliability.afterTime(score, elapsed);
        assertLe(Reliability.afterVerdict(later, 1), Reliability.MAX);
        if (score >= Reliability.NEUTRAL) {
            assertLe(later, score);
            assertGe(later, Reliability.NEUTRAL);
        } else {
            assertGe(later, score);
            assertLe(later, Reliability.NEUTRAL);
        }
    }

    // --- Sampling ---

    function test_sampling_vectors() public view {
        string memory json = vm.readFile("test/vectors/sampling.json");
        uint256 seen;
        for (; vm.keyExistsJson(json, _at(seen, ".name")); ++seen) {
            uint256[] memory reliabilities = vm.parseJsonUintArray(json, _at(seen, ".reliabilities"));
            uint256 places = vm.parseJsonUint(json, _at(seen, ".places"));
            uint256 everybody = (1 << reliabilities.length) - 1;
            uint256 drawn =
                reliabilities.length <= places
                    ? everybody
                    : Sampling.draw(
                        everybody,
                        reliabilities,
                        places,
                        vm.parseJsonUint(json, _at(seen, ".seed")),
                        vm.parseJsonUint(json, _at(seen, ".projectId")),
                        vm.parseJsonUint(json, _at(seen, ".roundIndex"))
                    );
            uint256 expected;
            uint256[] memory places_ = vm.parseJsonUintArray(json, _at(seen, ".drawn"));
            for (uint256 i = 0; i < places_.length; ++i) {
                expected |= 1 << places_[i];
            }
            assertEq(drawn, expected);
        }
        assertGt(seen, 3, "vectors were read");
    }

    function test_fuzz_sampling_drawsAsManyAsAsked_fromTheCandidates(
        uint40 candidates,
        uint256 seed,
        uint8 draws
    ) public pure {
        uint256[] memory reliabilities = new uint256[](RosterMask.CAPACITY);
        for (uint256 i = 0; i < reliabilities.length; ++i) {
            reliabilities[i] = uint16(seed >> (i * 5));
        }
        uint256 count = bound(draws, 0, uint256(candidates).count());
        uint256 drawn = Sampling.draw(candidates, reliabilities, count, seed, 1, 2);
        assertEq(drawn.count(), count);
        assertEq(drawn & ~uint256(candidates), 0);
    }

    function test_sampling_ticketAtTheBoundary_belongsToTheNext() public pure {
        // Two candidates of weight 4096: tickets 0 to 4095 are the first's, 4096 to 8191 the second's.
        uint256[] memory reliabilities = new uint256[](2);
        bool hasSeenLast;
        bool hasSeenNext;
        for (uint256 seed = 0; !hasSeenLast || !hasSeenNext; ++seed) {
            uint256 ticket = uint256(keccak256(abi.encode(seed, 1, 2, 0))) % 8192;
            if (ticket != 4095 && ticket != 4096) continue;
            if (ticket == 4095) hasSeenLast = true;
            else hasSeenNext = true;
            assertEq(Sampling.draw(3, reliabilities, 1, seed, 1, 2), ticket == 4095 ? 1 : 2);
        }
    }

    function test_sampling_reliable_areDrawnMoreOften() public pure {
        uint256[] memory reliabilities = new uint256[](4);
        reliabilities[0] = 65535;
        uint256 first;
        uint256 second;
        for (uint256 seed = 0; seed < 2000; ++seed) {
            uint256 drawn = Sampling.draw(15, reliabilities, 1, seed, 0, 0);
            if (drawn == 1) ++first;
            if (drawn == 2) ++second;
        }
        // 69631 of 81919 draws against 4096: 85 % and 5 %.
        assertGt(first, 1620);
        assertLt(first, 1780);
        assertGt(second, 50);
        assertLt(second, 160);
    }

    // --- Phases ---

    function test_phases_everyBoundary() public pure {
        RoundPhases.Clock memory clock;
        clock.waitingSince = 1000;
        clock.aggregatorCount = 3;
        (clock.openSeconds, clock.revealSeconds, clock.settleSeconds) = (10, 20, 30);
        _phase(clock, 0, RoundPhase.Idle, 1030);
        _phase(clock, 1029, RoundPhase.Idle, 1030);
        _phase(clock, 1030, RoundPhase.Overdue, 1030);
        clock.isRoundOpen = true;
        clock.commitClosesAt = 2000;
        clock.hasEnough = true;
        _phase(clock, 1999, RoundPhase.Commit, 2000);
        _phase(clock, 2000, RoundPhase.Reveal, 2020);
        _phase(clock, 2019, RoundPhase.Reveal, 2020);
        _phase(clock, 2020, RoundPhase.Settle, 2110);
        _phase(clock, 2109, RoundPhase.Settle, 2110);
        _phase(clock, 2110, RoundPhase.Expired, 2110);
        clock.hasEnough = false;
        _phase(clock, 1999, RoundPhase.Commit, 2000);
        _phase(clock, 2000, RoundPhase.Expired, 2000);
        clock.isEnded = true;
        _phase(clock, 2000, RoundPhase.Ended, 0);
    }

    function test_phases_turns() public pure {
        RoundPhases.Clock memory clock;
        (clock.waitingSince, clock.openSeconds, clock.revealSeconds, clock.settleSeconds) = (1000, 10, 20, 30);
        clock.commitClosesAt = 2000;
        assertEq(RoundPhases.openTurn(clock, 0), 0);
        assertEq(RoundPhases.openTurn(clock, 1009), 0);
        assertEq(RoundPhases.openTurn(clock, 1010), 1);
        assertEq(RoundPhases.settleTurn(clock, 2000), 0);
        assertEq(RoundPhases.settleTurn(clock, 2049), 0);
        assertEq(RoundPhases.settleTurn(clock, 2050), 1);
    }

    function test_mask_countsAndFindsPlaces() public pure {
        assertEq(uint256(0).count(), 0);
        assertEq(type(uint256).max.count(), 256);
        assertEq(uint256(0).firstFree(), 0);
        assertEq(uint256(7).firstFree(), 3);
        assertEq(((uint256(1) << 40) - 1).firstFree(), 40);
    }

    function _phase(RoundPhases.Clock memory clock, uint256 now_, RoundPhase expected, uint256 endsAt) private pure {
        (RoundPhase phase, uint256 actualEnd) = RoundPhases.phaseAt(clock, now_);
        assertEq(uint256(phase), uint256(expected));
        assertEq(actualEnd, endsAt);
    }

    function _at(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat("$[", vm.toString(index), "]", key);
    }

    function _case(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat(".cases[", vm.toString(index), "]", key);
    }

    function _uint16s(uint256[] memory numbers) private pure returns (uint16[] memory shares) {
        shares = new uint16[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) {
            shares[i] = uint16(numbers[i]);
        }
    }
}
