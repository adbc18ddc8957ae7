// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Reliability} from "../../contracts/libraries/Reliability.sol";
import {TrainerWord} from "../../contracts/libraries/TrainerWord.sol";
import {TrainerStatus} from "../../contracts/types/MarketViews.sol";
import {TrainerRecord} from "../../contracts/types/Project.sol";
import {Test} from "./support/Test.sol";

/// @dev Makes the library's panic visible to `expectRevert`.
contract TrainerWordCaller {
    function earn(uint256 word, uint256 amountWei) external pure returns (uint256) {
        return TrainerWord.earn(word, amountWei);
    }
}

contract TrainerWordTest is Test {
    /// @dev The same record twice: one is changed field by field, the other as a word.
    TrainerRecord private _expected;
    TrainerRecord private _record;

    function test_fuzz_fields_areWhereTheCompilerPutsThem(uint256 seed) public {
        _fill(seed, 50_000);

        uint256 word = TrainerWord.load(_record);

        assertEq(TrainerWord.strikes(word), _record.strikes);
        assertEq(TrainerWord.rosterIndex(word), _record.rosterIndex);
        assertEq(TrainerWord.baseWeight(word), _record.baseWeight);
        bool takesPart = _record.status == TrainerStatus.Active || _record.status == TrainerStatus.Leaving;
        assertEq(TrainerWord.takesPart(word), takesPart);
    }

    function test_fuzz_afterOutcome_isWhatTheFieldsBecome(
        uint256 seed,
        uint16 score,
        uint40 elapsed,
        uint8 verdict
    ) public {
        _fill(seed, score);
        verdict = uint8(1 + (verdict % 6));
        uint256 nowSeconds = uint256(_record.reliabilityUpdatedAt) + elapsed;
        if (nowSeconds > type(uint32).max) nowSeconds = type(uint32).max;

        TrainerWord.store(_record, _afterOutcome(TrainerWord.load(_record), verdict, nowSeconds));

        uint256 aged = Reliability.afterTime(_expected.reliability, nowSeconds - _expected.reliabilityUpdatedAt);
        _expected.reliability = uint16(Reliability.afterVerdict(aged, verdict));
        _expected.reliabilityUpdatedAt = uint32(nowSeconds);
        if (!Reliability.isRejection(verdict)) {
            if (_expected.strikes != 0) --_expected.strikes;
        } else if (_expected.strikes != type(uint8).max) {
            ++_expected.strikes;
        }
        _assertSame();
    }

    function test_afterOutcome_strikesStayWithinTheirByte() public {
        _fill(1, 50_000);
        (_record.strikes, _expected.strikes) = (255, 255);
        uint256 nowSeconds = _record.reliabilityUpdatedAt;
        uint256 rejected = _afterOutcome(TrainerWord.load(_record), 6, nowSeconds);
        assertEq(TrainerWord.strikes(rejected), 255);

        (_record.strikes, _expected.strikes) = (0, 0);
        uint256 accepted = _afterOutcome(TrainerWord.load(_record), 1, nowSeconds);
        assertEq(TrainerWord.strikes(accepted), 0);
    }

    function test_fuzz_earn_addsToTheEarningsOnly(uint256 seed, uint96 amountWei) public {
        _fill(seed, 50_000);
        uint96 most = type(uint96).max - _record.earnedWei;
        if (amountWei > most) amountWei = most;

        TrainerWord.store(_record, TrainerWord.earn(TrainerWord.load(_record), amountWei));

        _expected.earnedWei += amountWei;
        _assertSame();
    }

    function test_earn_pastTheType_panics() public {
        TrainerWordCaller caller = new TrainerWordCaller();

        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x01));
        caller.earn(type(uint96).max, 1);
    }

    function test_fuzz_afterAcceptance_isAfterOutcomeOfAnAcceptance(uint256 seed, uint16 score, uint40 elapsed) public {
        _fill(seed, score);
        uint256 word = TrainerWord.load(_record);
        uint256 nowSeconds = uint256(_record.reliabilityUpdatedAt) + elapsed;
        if (nowSeconds > type(uint32).max) nowSeconds = type(uint32).max;
        uint256 decay = Reliability.decay(nowSeconds - _record.reliabilityUpdatedAt);

        assertEq(TrainerWord.afterAcceptance(word, nowSeconds, decay), _afterOutcome(word, 1, nowSeconds));
    }

    function _afterOutcome(uint256 word, uint256 verdict, uint256 nowSeconds) private pure returns (uint256) {
        uint256 decay = Reliability.decay(nowSeconds - TrainerWord.updatedAt(word));
        return TrainerWord.afterOutcome(word, verdict, nowSeconds, decay);
    }

    function _fill(uint256 seed, uint16 score) private {
        uint256 random = uint256(keccak256(abi.encode(seed)));
        TrainerRecord memory record;
        record.earnedWei = uint96(random);
        record.reliability = score;
        record.joinReliability = uint16(random >> 96);
        record.reliabilityUpdatedAt = uint32(random >> 112);
        record.joinedAt = uint32(random >> 144);
        record.strikes = uint8(random >> 176);
        record.rosterIndex = uint8(random >> 184);
        record.baseWeight = uint16(random >> 192);
        record.status = TrainerStatus((random >> 208) % (uint256(type(TrainerStatus).max) + 1));
        (_expected, _record) = (record, record);
    }

    function _assertSame() private view {
        assertEq(keccak256(abi.encode(_record)), keccak256(abi.encode(_expected)));
    }
}
