// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ITrainingMarket} from "../../contracts/interfaces/ITrainingMarket.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {MarketFixture} from "./support/MarketFixture.sol";

/// @title Settlements whose call is laid out as no compiler would
/// @notice The market hands the request on to a library as it came, to the end of the call's data, which is another end inside of a
/// `multicall`. Wherever the request lies, the same is settled; and offsets that point anywhere else settle nothing.
contract SettleCallTest is MarketFixture {
    /// @dev Words of a `SettleRound`'s head that are offsets: trainers, commitments, exclusion reasons, proof, CID of the new model.
    uint256[5] private _offsets = [uint256(8), 9, 11, 12, 13];

    function test_settleCall_requestBehindRubbishAndBeforeIt_settlesTheSame() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _closeCommit(projectId);
        bytes memory body = _body(projectId);
        bytes memory rubbish = abi.encodePacked(keccak256("a"), keccak256("b"), keccak256("c"));

        // 0x20 for the offset itself, and what lies between.
        _settles(
            abi.encodePacked(ITrainingMarket.settleRound.selector, uint256(0x80), rubbish, body, rubbish, hex"ff")
        );

        _assertPaidAlike(projectId);
    }

    function test_settleCall_throughMulticall_settlesTheSameAndOnlyOnce() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _closeCommit(projectId);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodePacked(ITrainingMarket.settleRound.selector, uint256(0x20), _body(projectId));
        calls[1] = calls[0];

        _refused(abi.encodeCall(ITrainingMarket.multicall, (calls)), projectId);
        assembly ("memory-safe") {
            mstore(calls, 1)
        }
        _settles(abi.encodeCall(ITrainingMarket.multicall, (calls)));

        _assertPaidAlike(projectId);
    }

    function test_settleCall_offsetsToAnywhereElse_settleNothing() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _closeCommit(projectId);
        bytes memory body = _body(projectId);
        uint256 size = body.length;
        // Before the beginning, behind the end, so far that sums wrap around, and at a word that is no length of a list of three.
        uint256[8] memory lies = [
            type(uint256).max,
            type(uint256).max - 0x1f,
            type(uint256).max - 0xff,
            1 << 255,
            1 << 64,
            size,
            size - 0x1f,
            0x40
        ];
        for (uint256 i = 0; i < _offsets.length; ++i) {
            for (uint256 j = 0; j < lies.length; ++j) {
                bytes memory changed = bytes.concat(body);
                uint256 place = 0x20 * (_offsets[i] + 1);
                uint256 lie = lies[j];
                // There lies nothing, which is as many reasons as there are exclusions: see the next test.
                if (_offsets[i] == 11 && (lie == type(uint256).max - 0xff || lie == 1 << 255)) continue;
                assembly ("memory-safe") {
                    mstore(add(changed, place), lie)
                }
                _refused(abi.encodePacked(ITrainingMarket.settleRound.selector, uint256(0x20), changed), projectId);
            }
        }
        // And the request's own.
        for (uint256 j = 0; j < lies.length; ++j) {
            _refused(abi.encodePacked(ITrainingMarket.settleRound.selector, lies[j], body), projectId);
        }
    }

    /// @dev The compiler compares offsets within a call's data with their sign, so that one before its beginning passes; what is read
    /// there is zero. Of the lists only an empty one is so: the others' lengths, outcomes and commitments are never all zero.
    function test_settleCall_listBeforeTheBeginning_isAnEmptyOne() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _closeCommit(projectId);
        bytes memory body = _body(projectId);
        assembly ("memory-safe") {
            mstore(add(body, 0x180), sub(0, 0x100))
        }

        _settles(abi.encodePacked(ITrainingMarket.settleRound.selector, uint256(0x20), body));

        _assertPaidAlike(projectId);
    }

    function test_settleCall_cutOffAnywhere_settlesNothing() public {
        uint256 projectId = _ready(_terms(), 3);
        _openAndSubmit(projectId, 3);
        _closeCommit(projectId);
        bytes memory call = abi.encodePacked(ITrainingMarket.settleRound.selector, uint256(0x20), _body(projectId));
        // The last word holds the rest of a CID and what fills it up: a shorter one is another CID, which is the settler's to choose.
        for (uint256 length = call.length - 0x40; length > 4; length -= length > 0x20 ? 0x20 : length - 4) {
            bytes memory cut = bytes.concat(call);
            assembly ("memory-safe") {
                mstore(cut, length)
            }
            _refused(cut, projectId);
        }
    }

    /// @dev The request alone, as it stands behind its offset.
    function _body(uint256 projectId) private view returns (bytes memory body) {
        SettleRound memory request = _settlement(projectId);
        bytes memory encoded = abi.encode(request);
        body = new bytes(encoded.length - 0x20);
        for (uint256 i = 0; i < body.length; ++i) {
            body[i] = encoded[i + 0x20];
        }
    }

    function _settles(bytes memory call) private {
        vm.prank(primary);
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, ) = address(market).call(call);
        assertTrue(ok);
    }

    function _refused(bytes memory call, uint256 projectId) private {
        vm.prank(primary);
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, ) = address(market).call(call);
        assertFalse(ok);
        assertEq(market.getProject(projectId).appliedRounds, 0);
        assertEq(token.balanceOf(_payout(_trainer(0))), 0);
    }

    function _assertPaidAlike(uint256 projectId) private {
        assertEq(market.getProject(projectId).appliedRounds, 1);
        uint256 paidWei = token.balanceOf(_payout(_trainer(0)));
        assertGt(paidWei, 0);
        assertEq(token.balanceOf(_payout(_trainer(1))), paidWei);
        assertEq(token.balanceOf(_payout(_trainer(2))), paidWei);
        assertEq(token.balanceOf(primary), 1 ether);
        _assertSolvent();
    }
}
