// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {RoundSubmissions} from "../../contracts/libraries/RoundSubmissions.sol";
import {G1} from "../../contracts/types/G1.sol";
import {Submissions} from "../../contracts/types/Project.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {Test} from "./support/Test.sol";

/// @dev Calls the library, whose functions take the call's data.
contract SubmissionsCaller {
    function start(
        address market,
        uint256 projectId,
        uint256 roundIndex,
        G1 calldata first,
        G1 calldata second
    ) external view returns (bytes20) {
        return RoundSubmissions.start(market, projectId, roundIndex, first, second);
    }

    function next(bytes20 hash, address trainer, bytes32 commitmentHash) external pure returns (bytes20) {
        return RoundSubmissions.next(hash, trainer, commitmentHash);
    }

    function requireSame(Submissions calldata submissions, SettleRound calldata request) external view {
        RoundSubmissions.requireSame(submissions, request);
    }
}

/// @title The rolling hash of submissions, against the vectors that TypeScript runs too, and what a settlement may say of them
contract RoundSubmissionsTest is Test {
    SubmissionsCaller private _caller;

    function setUp() public {
        _caller = new SubmissionsCaller();
    }

    function test_vectors_agreeWithTypeScript() public {
        string memory json = vm.readFile("test/vectors/submissions.json");
        uint256 seen;
        for (; vm.keyExistsJson(json, _at(seen, ".name")); ++seen) {
            vm.chainId(vm.parseJsonUint(json, _at(seen, ".chainId")));
            bytes20 hash = _started(json, seen);
            uint256[] memory trainers = vm.parseJsonUintArray(json, _at(seen, ".trainers"));
            uint256[] memory commitments = vm.parseJsonUintArray(json, _at(seen, ".commitments"));
            uint256[] memory hashes = vm.parseJsonUintArray(json, _at(seen, ".commitmentHashes"));
            for (uint256 i = 0; i < trainers.length; ++i) {
                address trainer = address(uint160(trainers[i]));
                bytes32 commitmentHash = _hashOf(trainer, G1(commitments[2 * i], commitments[2 * i + 1]));
                assertEq(uint256(commitmentHash), hashes[i]);
                hash = _caller.next(hash, trainer, commitmentHash);
            }
            assertEq(abi.encodePacked(hash), vm.parseJsonBytes(json, _at(seen, ".submissionsHash")));
        }
        assertEq(seen, 3);
    }

    /// @dev Any of the commitments may be opened or not.
    function test_fuzz_requireSame_takesWhatWasSubmitted(uint256 seed, uint8 size, uint32 opened) public view {
        (Submissions memory submissions, SettleRound memory request) = _round(seed, size % 30, opened);
        _caller.requireSame(submissions, request);
    }

    function test_fuzz_requireSame_anyOtherWord_reverts(
        uint256 seed,
        uint8 size,
        uint32 opened,
        uint256 place,
        uint256 change
    ) public {
        uint256 count = 1 + (size % 29);
        (Submissions memory submissions, SettleRound memory request) = _round(seed, count, opened);
        vm.assume(change != 0);
        uint256 i = (place / 3) % count;
        if (place % 3 == 0) {
            vm.assume(uint160(change) != 0);
            request.trainers[i] = address(uint160(request.trainers[i]) ^ uint160(change));
        } else if (place % 3 == 1) {
            request.commitments[i].x ^= change;
        } else {
            request.commitments[i].y ^= change;
        }
        vm.expectPartialRevert(ITrainingMarket.MarketSubmissionsMismatch.selector);
        _caller.requireSame(submissions, request);
    }

    /// @dev The hash is public from the moment it is submitted; a copy of it is worth nothing.
    function test_requireSame_commitmentOfAnother_reverts() public {
        (Submissions memory submissions, SettleRound memory request) = _round(1, 2, 3);
        G1 memory commitment = request.commitments[0];
        bytes20 hash = _startOf(request);
        bytes32 copied = _hashOf(request.trainers[0], commitment);
        for (uint256 i = 0; i < 2; ++i) {
            hash = _caller.next(hash, request.trainers[i], copied);
        }
        submissions.submissionsHash = hash;
        request.commitments[1] = commitment;
        vm.expectPartialRevert(ITrainingMarket.MarketSubmissionsMismatch.selector);
        _caller.requireSame(submissions, request);
        request.commitments[1] = G1(uint256(copied), 0);
        _caller.requireSame(submissions, request);
    }

    function _round(
        uint256 seed,
        uint256 count,
        uint256 opened
    ) private view returns (Submissions memory submissions, SettleRound memory request) {
        (request.projectId, request.roundIndex) = (_word(seed, 1), _word(seed, 2));
        request.referenceCommitment = G1(_word(seed, 3), _word(seed, 4));
        request.payGradientCommitment = G1(_word(seed, 5), _word(seed, 6));
        request.trainers = new address[](count);
        request.commitments = new G1[](count);
        bytes20 hash = _startOf(request);
        for (uint256 i = 0; i < count; ++i) {
            address trainer = address(uint160(_word(seed, 7 + 3 * i)));
            G1 memory commitment = G1(_word(seed, 8 + 3 * i), _word(seed, 9 + 3 * i));
            bytes32 commitmentHash = _hashOf(trainer, commitment);
            request.trainers[i] = trainer;
            request.commitments[i] = (opened >> i) & 1 == 1 ? commitment : G1(uint256(commitmentHash), 0);
            hash = _caller.next(hash, trainer, commitmentHash);
        }
        (submissions.submissionsHash, submissions.submittedCount) = (hash, uint8(count));
    }

    function _startOf(SettleRound memory request) private view returns (bytes20) {
        return
            _caller.start(
                address(_caller),
                request.projectId,
                request.roundIndex,
                request.referenceCommitment,
                request.payGradientCommitment
            );
    }

    function _started(string memory json, uint256 i) private view returns (bytes20) {
        uint256[] memory opened = vm.parseJsonUintArray(json, _at(i, ".openedWith"));
        return
            _caller.start(
                vm.parseJsonAddress(json, _at(i, ".market")),
                vm.parseJsonUint(json, _at(i, ".projectId")),
                vm.parseJsonUint(json, _at(i, ".roundIndex")),
                G1(opened[0], opened[1]),
                G1(opened[2], opened[3])
            );
    }

    function _hashOf(address trainer, G1 memory commitment) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(trainer, commitment.x, commitment.y));
    }

    function _word(uint256 seed, uint256 place) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, place)));
    }

    function _at(uint256 i, string memory key) private pure returns (string memory) {
        return string.concat("[", vm.toString(i), "]", key);
    }
}
