// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Payouts} from "../../contracts/libraries/Payouts.sol";
import {PublicSignals} from "../../contracts/libraries/PublicSignals.sol";
import {Reliability} from "../../contracts/libraries/Reliability.sol";
import {RoundTrainers} from "../../contracts/libraries/RoundTrainers.sol";
import {TrainerWord} from "../../contracts/libraries/TrainerWord.sol";
import {TrainerRecord} from "../../contracts/types/Project.sol";
import {Test} from "./support/Test.sol";

/// @title The loops of a settlement, against the same in plain words
contract RoundTrainersTest is Test {
    mapping(address trainer => TrainerRecord) private _records;
    mapping(address trainer => TrainerRecord) private _expected;
    address[] private _trainers;

    function test_fuzz_load_readsEveryRecordAndPacksTheWeightsOfThoseWhoTakePart(
        uint256 seed,
        uint32 active,
        uint8 size
    ) public {
        uint256 count = _fill(seed, size);

        (uint256[] memory list, uint256 first, uint256 second) = this.load(_trainers, active);

        assertEq(list.length, 2 * count);
        uint256 expectedFirst = 0;
        uint256 expectedSecond = 0;
        for (uint256 i = 0; i < count; ++i) {
            TrainerRecord storage record = _records[_trainers[i]];
            uint256 place;
            assembly ("memory-safe") {
                place := record.slot
            }
            assertEq(list[2 * i], place);
            assertEq(list[2 * i + 1], TrainerWord.load(record));
            if ((active >> i) & 1 == 0) continue;
            if (i < 15) expectedFirst |= uint256(record.baseWeight) << (PublicSignals.FIRST_WEIGHT_SHIFT + 10 * i);
            else expectedSecond |= uint256(record.baseWeight) << (10 * (i - 15));
        }
        assertEq(first, expectedFirst);
        assertEq(second, expectedSecond);
    }

    function test_load_bitsAboveAnAddress_leadToTheSameRecord() public {
        _fill(7, 3);
        bytes memory data = abi.encodeCall(this.load, (_trainers, 7));
        // solhint-disable-next-line avoid-low-level-calls
        (, bytes memory clean) = address(this).call(data);
        // The highest byte of the first address: selector, two heads and the length come before it.
        data[4 + 0x60] = 0xff;
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, bytes memory dirty) = address(this).call(data);

        assertTrue(ok);
        assertEq(keccak256(dirty), keccak256(clean));
    }

    function test_fuzz_book_isWhatTheFieldsBecome(
        uint256 seed,
        uint8 size,
        uint8 maxStrikes,
        uint32 active,
        uint88 budgetWei
    ) public {
        uint256 count = _fill(seed, size);
        (uint256[] memory list, , ) = this.load(_trainers, 0);
        RoundTrainers.Payment memory payment = RoundTrainers.Payment({
            rates: Payouts.rates(budgetWei, 1000, 5000, 3),
            forfeitEachWei: seed % 3 == 0 ? 0 : uint88(seed),
            active: active
        });
        uint256[] memory outcomes = new uint256[](count);
        uint256[] memory expectedCreditsWei = new uint256[](count);
        uint256 expectedEnding = 0;
        uint256 expectedPaidWei = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 verdict = uint256(keccak256(abi.encode(seed, "verdict", i))) % 9;
            outcomes[i] = (verdict << 27) | uint16(uint256(keccak256(abi.encode(seed, "share", i))));
            uint256 payWei = verdict == PublicSignals.ACCEPTED ? _pay(payment.rates, outcomes[i]) : 0;
            expectedPaidWei += payWei;
            expectedCreditsWei[i] = payWei + ((active >> i) & 1 == 1 ? payment.forfeitEachWei : 0);
            if (_expect(_expected[_trainers[i]], verdict, uint96(expectedCreditsWei[i]), maxStrikes)) {
                expectedEnding |= 1 << i;
            }
        }

        RoundTrainers.Booked memory booked = this.book(list, _trainers, outcomes, payment, maxStrikes);

        assertEq(booked.ending, expectedEnding);
        assertEq(booked.paidWei, expectedPaidWei);
        assertEq(booked.credits.length, count);
        for (uint256 i = 0; i < count; ++i) {
            assertEq(keccak256(abi.encode(_records[_trainers[i]])), keccak256(abi.encode(_expected[_trainers[i]])));
            assertEq(booked.credits[i], (uint256(uint160(_trainers[i])) << 96) | expectedCreditsWei[i]);
        }
    }

    function test_fuzz_unpack_isWhatTheWordsSay(uint256[4] calldata seeds, uint32 active, uint8 size) public view {
        uint256 count = size % 30;
        uint256[] memory words = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            words[i] = seeds[i] >> 8;
        }

        (uint256[] memory outcomes, uint256 accepted) = this.unpack(words, count, active);

        uint256 expectedAccepted = 0;
        assertEq(outcomes.length, count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 bits = (words[i / 8] >> (31 * (i % 8))) & 0x7fffffff;
            assertEq(outcomes[i], (active >> i) & 1 == 1 ? bits : 0);
            if (PublicSignals.verdictOf(outcomes[i]) == PublicSignals.ACCEPTED) ++expectedAccepted;
        }
        assertEq(accepted, expectedAccepted);
    }

    function load(
        address[] calldata trainers,
        uint256 active
    ) external view returns (uint256[] memory list, uint256 first, uint256 second) {
        return RoundTrainers.load(_records, trainers, active);
    }

    function book(
        uint256[] memory list,
        address[] calldata trainers,
        uint256[] memory outcomes,
        RoundTrainers.Payment memory payment,
        uint256 maxStrikes
    ) external returns (RoundTrainers.Booked memory) {
        return RoundTrainers.book(list, trainers, outcomes, payment, maxStrikes);
    }

    function unpack(
        uint256[] calldata words,
        uint256 count,
        uint256 active
    ) external pure returns (uint256[] memory, uint256) {
        return PublicSignals.unpack(words, count, active);
    }

    /// @dev The formula of `Payouts`, as it is written there.
    function _pay(Payouts.Rates memory rates, uint256 outcome) private pure returns (uint256 payWei) {
        payWei = rates.flatEachWei + (rates.sharedWei * (outcome % 65536)) / 65535;
        if (payWei > rates.capWei) payWei = rates.capWei;
    }

    /// @dev One round's booking, field by field. Returns whether the trainer's part ends.
    function _expect(
        TrainerRecord storage record,
        uint256 verdict,
        uint96 earnedWei,
        uint256 maxStrikes
    ) private returns (bool) {
        record.earnedWei += earnedWei;
        if (!Reliability.isOutcome(verdict)) return false;
        uint256 aged = Reliability.afterTime(record.reliability, block.timestamp - record.reliabilityUpdatedAt);
        record.reliability = uint16(Reliability.afterVerdict(aged, verdict));
        record.reliabilityUpdatedAt = uint32(block.timestamp);
        if (verdict == PublicSignals.ACCEPTED) {
            if (record.strikes != 0) --record.strikes;
            return false;
        }
        if (record.strikes != type(uint8).max) ++record.strikes;
        return verdict == PublicSignals.ABOVE_NORM_BOUND || (maxStrikes != 0 && record.strikes >= maxStrikes);
    }

    /// @dev Up to 29 trainers, some of which were seen at the same time.
    function _fill(uint256 seed, uint8 size) private returns (uint256 count) {
        vm.warp(1_800_000_000);
        count = size % 30;
        for (uint256 i = 0; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            address trainer = address(uint160(uint256(keccak256(abi.encode(random)))));
            TrainerRecord memory record;
            record.earnedWei = uint88(random);
            record.reliability = uint16(random >> 96);
            record.reliabilityUpdatedAt = uint32(block.timestamp - ((random >> 112) % 3) * 20 days);
            record.strikes = uint8(random >> 176);
            record.rosterIndex = uint8(i);
            record.baseWeight = uint16((random >> 192) % 1024);
            (_records[trainer], _expected[trainer]) = (record, record);
            _trainers.push(trainer);
        }
    }
}
