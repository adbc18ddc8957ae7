// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {Reliability} from "../../../contracts/libraries/Reliability.sol";
import {TrainerWord} from "../../../contracts/libraries/TrainerWord.sol";
import {TrainerRecord} from "../../../contracts/types/Project.sol";

/// @title Two ways to book a round's outcomes, for the gas table
/// @notice `batched` is the market's: one word per trainer. `unbatched` is what one gets with a mapping per quantity and a call to
/// the registry for each change of reliability.
contract BookkeepingVariants {
    mapping(address trainer => TrainerRecord) private _records;

    mapping(address trainer => uint256) private _earnedWei;
    mapping(address trainer => uint256) private _strikes;
    SeparateScores private immutable _SCORES = new SeparateScores();

    function batched(address[] calldata trainers, uint8 verdict, uint96 payWei) external {
        for (uint256 i = 0; i < trainers.length; ++i) {
            TrainerRecord storage record = _records[trainers[i]];
            uint256 word = TrainerWord.earn(TrainerWord.load(record), payWei);
            uint256 decay = Reliability.decay(block.timestamp - TrainerWord.updatedAt(word));
            TrainerWord.store(record, TrainerWord.afterOutcome(word, verdict, block.timestamp, decay));
        }
    }

    function unbatched(address[] calldata trainers, uint8 verdict, uint96 payWei) external {
        for (uint256 i = 0; i < trainers.length; ++i) {
            _earnedWei[trainers[i]] += payWei;
            _SCORES.update(trainers[i], verdict);
            if (Reliability.isRejection(verdict)) ++_strikes[trainers[i]];
        }
    }
}

/// @title Reliability in a contract of its own
contract SeparateScores {
    mapping(address trainer => uint256) private _scores;
    mapping(address trainer => uint256) private _updatedAt;

    function update(address trainer, uint8 verdict) external {
        uint256 score = Reliability.afterTime(_scores[trainer], block.timestamp - _updatedAt[trainer]);
        _scores[trainer] = Reliability.afterVerdict(score, verdict);
        _updatedAt[trainer] = block.timestamp;
    }
}
