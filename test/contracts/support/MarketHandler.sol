// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {RewardVault} from "../../../contracts/RewardVault.sol";
import {RosterMask} from "../../../contracts/libraries/RosterMask.sol";
import {G1} from "../../../contracts/types/G1.sol";
import {ProjectView, TrainerStatus, TrainerView} from "../../../contracts/types/MarketViews.sol";
import {BaseWeightKind, ProjectTerms} from "../../../contracts/types/ProjectTerms.sol";
import {RoundPhase} from "../../../contracts/types/RoundPhase.sol";
import {SettleRound} from "../../../contracts/types/RoundRequests.sol";
import {MarketFixture} from "./MarketFixture.sol";

/// @title Everybody at once: owners, trainers, aggregators, thieves and time
/// @notice Each function is a step that a random sequence may take. It keeps its own books of who put in what, which proven
/// outcomes there were and who may have had pay, for the invariants to compare with.
contract MarketHandler is MarketFixture {
    using RosterMask for uint256;

    uint256 public constant PROJECTS = 3;
    uint256 public constant TRAINERS = 9;

    uint256 public settlements;
    uint256 public voids;
    uint256 public thefts;
    uint256 public steps;
    uint256 public ended;
    /// @dev What everybody together put into projects, by project.
    mapping(uint256 projectId => uint256 amountWei) public putInWei;
    /// @dev Settlements of each round: never more than one.
    mapping(uint256 projectId => mapping(uint256 roundIndex => uint256)) public settlementsOf;
    mapping(uint256 projectId => uint256) public highestRound;
    mapping(uint256 projectId => uint256) public settledRounds;
    /// @dev Set when a step that is no proven outcome changed a trainer's strikes or reliability.
    uint256 public unprovenChanges;
    /// @dev Places of idle trainers that others took.
    uint256 public replacements;
    /// @dev Set when somebody lost its place that sends updates, or while another place was free.
    uint256 public unjustReleases;
    /// @dev Set when an exit that must exist was refused.
    uint256 public lockedExits;

    mapping(uint256 projectId => address[]) private _submitters;
    mapping(uint256 projectId => G1[]) private _submitted;

    function start() external {
        setUp();
        for (uint256 i = 0; i < PROJECTS; ++i) {
            ProjectTerms memory terms = _terms();
            terms.aggregators = i == 0 ? [primary, standby, third] : [primary, address(0), address(0)];
            terms.rounds = 4;
            terms.extraRounds = 6;
            terms.payEvery = uint16(i + 1);
            // Long enough that random steps do not let projects die before they have lived.
            terms.openSeconds = 1000;
            if (i == 1) {
                terms.baseWeightKind = BaseWeightKind.BondedStake;
                terms.fullWeightStakeWei = 50 ether;
                terms.usesPayGradient = false;
            }
            // The third has a full roster, most of which never does anything.
            if (i == 2) terms.extraRounds = 40;
            uint256 projectId = _ready(terms, i == 2 ? 40 : 4);
            (, putInWei[projectId]) = vault.potOf(projectId);
        }
    }

    function token_() external view returns (address) {
        return address(token);
    }

    function vault_() external view returns (RewardVault) {
        return vault;
    }

    // --- Steps ---

    function passTime(uint256 seconds_) external {
        ++steps;
        vm.warp(block.timestamp + bound(seconds_, 1, 400));
    }

    function join(uint256 seed, uint256 stakeWei) external {
        uint256 projectId = _project(seed);
        address trainer = _trainer(seed % TRAINERS);
        _register(trainer);
        ProjectView memory project = market.getProject(projectId);
        stakeWei =
            project.terms.baseWeightKind == BaseWeightKind.Equal
                ? project.terms.stakeWei
                : bound(stakeWei, project.terms.stakeWei, 80 ether);
        _fund(trainer, stakeWei);
        vm.prank(trainer);
        try market.joinProject(projectId, stakeWei) {
            putInWei[projectId] += stakeWei;
        } catch {}
    }

    function depart(uint256 seed) external {
        uint256 projectId = _project(seed);
        vm.prank(_trainer(seed % TRAINERS));
        try market.leaveProject(projectId) {} catch {}
    }

    function release(uint256 seed) external {
        uint256 projectId = _project(seed);
        try market.releaseTrainer(projectId, _trainer(seed % TRAINERS)) {} catch {}
    }

    /// @dev Somebody new tries to take a trainer's place, whoever that is.
    function takePlace(uint256 seed) external {
        uint256 projectId = _project(seed);
        TrainerView[] memory trainers = market.getTrainers(projectId, 0, 40);
        if (trainers.length == 0) return;
        TrainerView memory taken = trainers[(seed >> 16) % trainers.length];
        bool isJust = trainers.length == 40 && taken.missedRounds == 3;
        uint256 stakeWei = market.getProject(projectId).terms.stakeWei;
        address taker = makeAddr(string.concat("taker ", vm.toString(seed)));
        _register(taker);
        _fund(taker, stakeWei);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(market.releaseTrainer, (projectId, taken.trainer));
        calls[1] = abi.encodeCall(market.joinProject, (projectId, stakeWei));
        vm.prank(taker);
        try market.multicall(calls) {
            putInWei[projectId] += stakeWei;
            if (taken.status != TrainerStatus.Active) return;
            ++replacements;
            if (!isJust) ++unjustReleases;
        } catch {}
    }

    function rebond(uint256 seed) external {
        uint256 projectId = _project(seed);
        address aggregator = _aggregator(seed);
        (, uint256 beforeWei) = vault.potOf(projectId);
        _fund(aggregator, 500 ether);
        vm.prank(aggregator);
        try market.bondAggregator(projectId) {
            (, uint256 afterWei) = vault.potOf(projectId);
            putInWei[projectId] += afterWei - beforeWei;
        } catch {}
    }

    function addBudget(uint256 seed, uint96 amountWei) external {
        uint256 projectId = _project(seed);
        amountWei = uint96(bound(amountWei, 1, 100 ether));
        _fund(third, amountWei);
        vm.prank(third);
        try market.addBudget(projectId, amountWei) {
            putInWei[projectId] += amountWei;
        } catch {}
    }

    function open(uint256 seed) external {
        uint256 projectId = _project(seed);
        if (market.getProject(projectId).phase != RoundPhase.Idle) return;
        vm.prevrandao(bytes32(seed));
        try this.openAs(projectId, _aggregator(seed)) {
            delete _submitters[projectId];
            delete _submitted[projectId];
        } catch {}
    }

    function openAs(uint256 projectId, address aggregator) external {
        _open(projectId, aggregator);
    }

    function submit(uint256 seed) external {
        _submitAs(_project(seed), _trainer(seed % TRAINERS));
    }

    function _submitAs(uint256 projectId, address trainer) private {
        uint256 roundIndex = market.getRound(projectId).roundIndex;
        G1 memory commitment = _point(uint256(uint160(trainer)) + roundIndex);
        vm.prank(trainer);
        try market.submitUpdate(projectId, roundIndex, _hashOf(trainer, commitment), CID) {
            _submitters[projectId].push(trainer);
            _submitted[projectId].push(commitment);
        } catch {}
    }

    /// @dev Everybody who may submits, so that deeper states are reached often.
    function submitAll(uint256 seed) external {
        for (uint256 i = 0; i < TRAINERS; ++i) {
            _submitAs(_project(seed), _trainer(i));
        }
    }

    function reveal(uint256 seed) external {
        uint256 projectId = _project(seed);
        uint256 roundIndex = market.getRound(projectId).roundIndex;
        bool isReference = seed % 5 == 0;
        vm.prank(isReference ? referee : _trainer(seed % TRAINERS));
        try market.revealKey(projectId, roundIndex, isReference, "sealed") {} catch {}
    }

    function settle(uint256 seed, uint256 outcomes) external {
        uint256 projectId = _project(seed);
        _loadRound(projectId);
        if (submitters.length == 0) return;
        SettleRound memory request = _settlement(projectId, _drawVerdicts(outcomes));
        if (outcomes % 7 == 0 && submitters.length > 3) {
            request.excludedMask = 1 << 3;
            // Opened or not, as it may be.
            if (outcomes % 2 == 0) request.commitments[0] = G1(uint256(_hashOf(submitters[0], submitted[0])), 0);
            request.exclusionReasons = hex"03";
            request.proof.outcomeWords = _outcomeWords(8, _without(outcomes, 0));
        }
        address aggregator = _aggregator(seed);
        vm.prank(aggregator);
        try market.settleRound(request) {
            ++settlements;
            ++settledRounds[projectId];
            ++settlementsOf[projectId][request.roundIndex];
            if (request.roundIndex > highestRound[projectId]) highestRound[projectId] = request.roundIndex;
            if (market.getProject(projectId).consecutiveVoids != 0) ++voids;
        } catch {}
        // The same settlement again: a second payment would be theft.
        vm.prank(aggregator);
        try market.settleRound(request) {
            ++settlementsOf[projectId][request.roundIndex];
        } catch {}
    }

    function abandon(uint256 seed) external {
        uint256 projectId = _project(seed);
        bytes32 before = _scores(projectId);
        uint256 roundIndex = market.getRound(projectId).roundIndex;
        vm.prank(_aggregator(seed));
        try market.abandonRound(projectId, roundIndex, 1) {
            if (market.getProject(projectId).phase != RoundPhase.Ended && _scores(projectId) != before) {
                ++unprovenChanges;
            }
        } catch {}
    }

    function poke(uint256 seed) external {
        uint256 projectId = _project(seed);
        bytes32 before = _scores(projectId);
        RoundPhase phase = market.getProject(projectId).phase;
        try market.poke(projectId) {
            if (market.getProject(projectId).phase != RoundPhase.Ended && _scores(projectId) != before) {
                ++unprovenChanges;
            }
        } catch {
            if (phase == RoundPhase.Expired || phase == RoundPhase.Overdue) ++lockedExits;
        }
    }

    function stop(uint256 seed) external {
        // Rarely, or no sequence would reach the later rounds.
        if (seed % 13 != 0) return;
        vm.prank(owner);
        try market.announceStop(_project(seed)) {} catch {}
    }

    /// @dev Everything that must not work for somebody without a part in the project.
    function steal(uint256 seed) external {
        uint256 projectId = _project(seed);
        address thief = makeAddr("thief");
        uint256 roundIndex = market.getRound(projectId).roundIndex;
        address[] memory payees = new address[](1);
        uint256[] memory amountsWei = new uint256[](1);
        (payees[0], amountsWei[0]) = (thief, 1);
        bytes[8] memory calls = [
            abi.encodeCall(market.announceStop, (projectId)),
            abi.encodeCall(market.leaveProject, (projectId)),
            abi.encodeCall(market.abandonRound, (projectId, roundIndex, 1)),
            abi.encodeCall(market.settleRound, (_settlementOfNobody(projectId))),
            abi.encodeCall(vault.pay, (projectId, payees, amountsWei)),
            abi.encodeCall(vault.payRemainder, (projectId, thief)),
            abi.encodeCall(vault.withdraw, (address(token), thief)),
            abi.encodeCall(registry.recordReliability, (thief, projectId, 0, 65535))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            address target =
                i < 4
                    ? address(market)
                    : i < 7
                        ? address(vault)
                        : address(registry);
            vm.prank(thief);
            // solhint-disable-next-line avoid-low-level-calls
            (bool ok, ) = target.call(calls[i]);
            if (ok) ++thefts;
        }
        if (token.balanceOf(thief) != 0) ++thefts;
    }

    // --- Books ---

    /// @notice What the market says that a project owes, in all: budget, earnings, stakes, bonds and fees of attempts to come.
    function obligationsWei(uint256 projectId) external view returns (uint256 sumWei) {
        ProjectView memory project = market.getProject(projectId);
        if (project.phase == RoundPhase.Ended) return 0;
        sumWei = project.rewardLeftWei;
        TrainerView[] memory trainers = market.getTrainers(projectId, 0, 40);
        for (uint256 i = 0; i < trainers.length; ++i) {
            sumWei += trainers[i].earnedWei + trainers[i].stakeWei;
        }
        for (uint256 i = 0; i < 3; ++i) {
            sumWei += project.bondsWei[i] + project.aggregatorsEarnedWei[i];
        }
        uint256 attempts = uint256(project.terms.rounds) + project.terms.extraRounds;
        sumWei += (attempts - settledRounds[projectId]) * project.terms.settleFeeWei;
    }

    /// @notice Lets time pass and pokes until both projects have ended: the exit that always exists.
    function runOut() external {
        for (uint256 projectId = 1; projectId <= PROJECTS; ++projectId) {
            for (uint256 i = 0; i < 4; ++i) {
                if (market.getProject(projectId).phase == RoundPhase.Ended) break;
                // Never back: the other project's end may have taken time beyond this one's deadline.
                uint256 later = market.getProject(projectId).phaseEndsAt + 10_000;
                if (later > block.timestamp) vm.warp(later);
                vm.prank(makeAddr("passer-by"));
                try market.poke(projectId) {} catch {}
            }
            if (market.getProject(projectId).phase != RoundPhase.Ended) ++lockedExits;
            else ++ended;
        }
    }

    function _project(uint256 seed) private pure returns (uint256) {
        return ((seed / TRAINERS) % PROJECTS) + 1;
    }

    function _aggregator(uint256 seed) private view returns (address) {
        // Mostly the one in charge, sometimes another, sometimes nobody's.
        address[4] memory aggregators = [primary, primary, standby, third];
        return aggregators[(seed >> 8) % 4];
    }

    function _loadRound(uint256 projectId) private {
        submitters = _submitters[projectId];
        delete submitted;
        for (uint256 i = 0; i < submitters.length; ++i) {
            submitted.push(_submitted[projectId][i]);
        }
    }

    function _drawVerdicts(uint256 outcomes) private view returns (uint8[] memory verdicts) {
        verdicts = new uint8[](submitters.length);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            uint256 drawn = (outcomes >> (8 * i)) % 16;
            verdicts[i] = drawn < 8 ? uint8(drawn + 1) : ACCEPTED;
        }
    }

    function _without(uint256 outcomes, uint256 excluded) private view returns (uint8[] memory verdicts) {
        verdicts = _drawVerdicts(outcomes);
        verdicts[excluded] = 0;
    }

    function _settlementOfNobody(uint256 projectId) private view returns (SettleRound memory request) {
        request.projectId = projectId;
        request.roundIndex = market.getRound(projectId).roundIndex;
        request.newModelCid = CID;
        request.proof.outcomeWords = new uint256[](1);
    }

    /// @dev Everything that only a proven outcome may change.
    function _scores(uint256 projectId) private returns (bytes32 scores) {
        for (uint256 i = 0; i < TRAINERS; ++i) {
            TrainerView memory trainer = market.getTrainer(projectId, _trainer(i));
            bool isGone = trainer.status >= TrainerStatus.Left;
            scores = keccak256(
                abi.encode(scores, isGone ? 0 : trainer.strikes, isGone ? 0 : trainer.reliability, isGone)
            );
        }
    }
}
