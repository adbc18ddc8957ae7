// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RoundVerifier} from "../../../contracts/RoundVerifier.sol";
import {IVerifyingKey} from "../../../contracts/interfaces/IVerifyingKey.sol";
import {G2} from "../../../contracts/types/G2.sol";
import {RoundOutcome} from "../../../contracts/types/RoundOutcome.sol";
import {RoundProof} from "../../../contracts/types/RoundProof.sol";
import {RoundStatement} from "../../../contracts/types/RoundStatement.sol";
import {VerifyingKey} from "../../../contracts/types/VerifyingKey.sol";
import {FixedKey} from "./FixedKey.sol";
import {Test} from "./Test.sol";

/// @title Rounds with valid proofs, for tests of the verifier
/// @dev From test/vectors/round-verifier.json; the rule proofs are made under test keys.
abstract contract RoundVectors is Test {
    uint256 internal constant ROUNDS = 5;

    string private _json;

    function loadVectors() internal {
        _json = vm.readFile("test/vectors/round-verifier.json");
    }

    function deployVerifier() internal returns (RoundVerifier) {
        IVerifyingKey[] memory keys = new IVerifyingKey[](3);
        for (uint256 i = 0; i < keys.length; ++i) {
            keys[i] = keyAt(i);
        }
        return new RoundVerifier(tau(), true, "test key", bytes32(uint256(7)), keys);
    }

    function tau() internal view returns (G2 memory) {
        return abi.decode(vm.parseJsonBytes(_json, ".tauG2"), (G2));
    }

    function keyAt(uint256 index) internal returns (FixedKey) {
        string memory path = string.concat(".keys[", vm.toString(index), "]");
        return new FixedKey(1, uint8(vm.parseJsonUint(_json, string.concat(path, ".slots"))), keyPoints(index));
    }

    function keyPoints(uint256 index) internal view returns (VerifyingKey memory) {
        string memory path = string.concat(".keys[", vm.toString(index), "].key");
        return abi.decode(vm.parseJsonBytes(_json, path), (VerifyingKey));
    }

    function statementAt(uint256 index) internal view returns (RoundStatement memory) {
        return abi.decode(_bytes(index, ".statement"), (RoundStatement));
    }

    function proofAt(uint256 index) internal view returns (RoundProof memory) {
        return abi.decode(_bytes(index, ".proof"), (RoundProof));
    }

    function outcomeAt(uint256 index) internal view returns (RoundOutcome memory) {
        return abi.decode(_bytes(index, ".outcome"), (RoundOutcome));
    }

    function signalsAt(uint256 index) internal view returns (uint256[] memory) {
        return vm.parseJsonUintArray(_json, string.concat(".rounds[", vm.toString(index), "].signals"));
    }

    function _bytes(uint256 index, string memory field) private view returns (bytes memory) {
        return vm.parseJsonBytes(_json, string.concat(".rounds[", vm.toString(index), "]", field));
    }
}
