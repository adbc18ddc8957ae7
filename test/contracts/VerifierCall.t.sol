// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IRoundVerifier} from "../../contracts/interfaces/IRoundVerifier.sol";
import {VerifierCall} from "../../contracts/libraries/VerifierCall.sol";
import {G1} from "../../contracts/types/G1.sol";
import {Project} from "../../contracts/types/Project.sol";
import {RoundStatement} from "../../contracts/types/RoundStatement.sol";
import {SettleRound} from "../../contracts/types/RoundRequests.sol";
import {Test} from "./support/Test.sol";

/// @dev Tells what it was asked: returns the hash and the length of the call's data as a commitment.
contract EchoVerifier {
    error EchoRefused(uint256 value);

    bool private _isVoid;
    bool private _isRefusing;

    constructor(bool isVoid, bool isRefusing) {
        (_isVoid, _isRefusing) = (isVoid, isRefusing);
    }

    // solhint-disable-next-line no-complex-fallback
    fallback(bytes calldata data) external returns (bytes memory) {
        if (_isRefusing) revert EchoRefused(7);
        return abi.encode(_isVoid, G1(uint256(keccak256(data)), data.length));
    }
}

/// @dev A project in storage and the library's call about it.
contract VerifierCaller {
    Project private _project;
    G1 private _model;

    function setProject(uint8 slots, uint8 ruleId, uint32 parameterCount, G1 calldata model) external {
        (_project.terms.slots, _project.terms.ruleId) = (slots, ruleId);
        _project.terms.parameterCount = parameterCount;
        _model = model;
    }

    function requireProven(
        address verifier,
        SettleRound calldata request,
        uint256 mask,
        G1 calldata last,
        uint256[] calldata termsWords
    ) external view returns (bool isVoid, G1 memory answer, bytes32 expectedHash, uint256 expectedLength) {
        (isVoid, answer) = VerifierCall.requireProven(
            _project,
            IRoundVerifier(verifier),
            request,
            mask,
            _model,
            last,
            termsWords
        );
        // Allocates behind what the library has returned: were that beyond the free memory, the two would differ.
        bytes memory expected = abi.encodeCall(
            IRoundVerifier.requireProven,
            (_statement(request, mask, last, termsWords), request.proof)
        );
        (expectedHash, expectedLength) = (keccak256(expected), expected.length);
    }

    /// @dev The statement as the compiler builds it: the points of the mask, and nothing else.
    function _statement(
        SettleRound calldata request,
        uint256 mask,
        G1 calldata last,
        uint256[] calldata termsWords
    ) private view returns (RoundStatement memory statement) {
        uint256 slots = _project.terms.slots;
        statement.market = address(this);
        statement.projectId = request.projectId;
        statement.roundIndex = request.roundIndex;
        statement.aggregator = msg.sender;
        statement.ruleId = _project.terms.ruleId;
        statement.slots = uint8(slots);
        statement.parameterCount = _project.terms.parameterCount;
        statement.termsWords = termsWords;
        statement.modelCommitment = _model;
        statement.commitments = new G1[](slots);
        for (uint256 slot = 0; slot < slots && slot < 3 + request.commitments.length; ++slot) {
            if ((mask >> slot) & 1 == 0) continue;
            statement.commitments[slot] =
                slot == 0
                    ? request.referenceCommitment
                    : slot == 1
                        ? request.payGradientCommitment
                        : slot == 2
                            ? last
                            : request.commitments[slot - 3];
        }
    }
}

contract VerifierCallTest is Test {
    VerifierCaller private _caller;
    uint256 private _seed;

    function setUp() public {
        _caller = new VerifierCaller();
    }

    function test_fuzz_requireProven_asksWhatTheCompilerWouldEncode(
        uint256 seed,
        uint256 slotChoice,
        uint32 mask,
        uint8 submitted,
        bool isVoid
    ) public {
        uint256 slots = [8, 16, 32][slotChoice % 3];
        (SettleRound memory request, G1 memory last, uint256[] memory termsWords) = _prepare(seed, slots, submitted);
        address verifier = address(new EchoVerifier(isVoid, false));

        (bool answeredVoid, G1 memory answer, bytes32 expectedHash, uint256 expectedLength) = _caller.requireProven(
            verifier,
            request,
            mask,
            last,
            termsWords
        );

        assertEq(answer.y, expectedLength, "length");
        assertEq(answer.x, uint256(expectedHash), "contents");
        assertEq(answeredVoid, isVoid);
    }

    function test_requireProven_passesTheVerifiersErrorOn() public {
        (SettleRound memory request, G1 memory last, uint256[] memory termsWords) = _prepare(1, 8, 3);
        address verifier = address(new EchoVerifier(false, true));

        vm.expectRevert(abi.encodeWithSelector(EchoVerifier.EchoRefused.selector, 7));
        _caller.requireProven(verifier, request, 0x3f, last, termsWords);
    }

    function test_requireProven_addressWithoutCode_provesNothing() public {
        (SettleRound memory request, G1 memory last, uint256[] memory termsWords) = _prepare(1, 8, 3);

        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 1));
        _caller.requireProven(makeAddr("nobody"), request, 0x3f, last, termsWords);
    }

    /// @dev Different words everywhere, so that a wrong place shows; and a project of as many slots.
    function _prepare(
        uint256 seed,
        uint256 slots,
        uint256 submitted
    ) private returns (SettleRound memory request, G1 memory last, uint256[] memory termsWords) {
        _seed = seed;
        _caller.setProject(uint8(slots), uint8(_next()), uint32(_next()), _point());
        (request.projectId, request.roundIndex) = (_next(), _next());
        (request.referenceCommitment, request.payGradientCommitment, last) = (_point(), _point(), _point());
        submitted = submitted % (slots - 2);
        request.trainers = new address[](submitted);
        request.commitments = new G1[](submitted);
        for (uint256 i = 0; i < submitted; ++i) {
            (request.trainers[i], request.commitments[i]) = (address(uint160(_next())), _point());
        }
        (request.exclusionReasons, request.newModelCid) = (hex"0102", hex"030405");
        _fillProof(request);
        request.proof.outcomeWords = _words((slots + 4) / 8);
        termsWords = _words(slots == 32 ? 2 : 1);
    }

    function _fillProof(SettleRound memory request) private {
        request.proof.gram.S = _point();
        request.proof.gram.R = _point();
        request.proof.gram.Q = _point();
        request.proof.gram.W = _point();
        (request.proof.gram.mu, request.proof.gram.rhoA) = (_next(), _next());
        (request.proof.gram.a, request.proof.gram.aInv) = (_next(), _next());
        request.proof.gram.s = _next();
        (request.proof.dummyCommitment, request.proof.aggregateCommitment) = (_point(), _point());
        request.proof.gramHash = _next();
        for (uint256 i = 0; i < 8; ++i) {
            request.proof.groth16[i] = _next();
        }
    }

    function _words(uint256 count) private returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            words[i] = _next();
        }
    }

    function _point() private returns (G1 memory) {
        return G1(_next(), _next());
    }

    function _next() private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed;
    }
}
