// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {SettleFees} from "../../contracts/libraries/SettleFees.sol";
import {AggregatorAccount, Project} from "../../contracts/types/Project.sol";
import {Test} from "./support/Test.sol";

contract SettleFeesTest is Test {
    uint96 private constant FEE = 7;
    Project private _project;
    uint256[3] private _expectedWei;

    function setUp() public {
        _project.terms.settleFeeWei = FEE;
        _project.progress.rewardLeftWei = type(uint96).max;
    }

    function test_fuzz_earnedWei_isAFeeASettlement(uint256 seed, uint16 forfeitedWei) public {
        _project.aggregators[1] = AggregatorAccount({bondWei: 5, earnedWei: forfeitedWei});
        _expectedWei[1] = forfeitedWei;

        // Past what a count holds for at least one of the three.
        for (uint256 i = 0; i < 800; ++i) {
            uint256 index = uint256(keccak256(abi.encode(seed, i))) % 3;
            _add(index);
            _expectedWei[index] += FEE;
        }

        for (uint256 index = 0; index < 3; ++index) {
            assertEq(SettleFees.earnedWei(_project, index), _expectedWei[index]);
        }
    }

    function test_add_aFullCount_movesToTheAccount() public {
        for (uint256 i = 0; i < 255; ++i) _add(2);
        assertEq(_project.aggregators[2].earnedWei, 0);
        assertEq(SettleFees.earnedWei(_project, 2), 255 * FEE);

        _add(2);

        assertEq(_project.aggregators[2].earnedWei, 255 * FEE);
        assertEq(SettleFees.earnedWei(_project, 2), 256 * FEE);
        assertEq(SettleFees.earnedWei(_project, 0), 0);
        assertEq(SettleFees.earnedWei(_project, 1), 0);
        assertEq(_project.progress.rewardLeftWei, type(uint96).max, "a neighbour in the word");
    }

    function test_take_leavesNothingOfThisAggregatorAndAllOfTheOthers() public {
        _project.aggregators[1] = AggregatorAccount({bondWei: 5, earnedWei: 100});
        for (uint256 index = 0; index < 3; ++index) {
            _add(index);
            _add(index);
        }

        assertEq(SettleFees.take(_project, 1), 100 + 2 * FEE);

        assertEq(SettleFees.take(_project, 1), 0, "a second time");
        assertEq(_project.aggregators[1].bondWei, 5, "the bond");
        assertEq(SettleFees.earnedWei(_project, 0), 2 * FEE);
        assertEq(SettleFees.earnedWei(_project, 2), 2 * FEE);
    }

    function _add(uint256 index) private {
        _project.progress.unpaidFees = SettleFees.add(_project, _project.progress.unpaidFees, index);
    }
}
