// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "../../contracts/interfaces/IParticipantRegistry.sol";
import {ParticipantRegistry} from "../../contracts/ParticipantRegistry.sol";
import {ParticipantView} from "../../contracts/types/ParticipantView.sol";
import {Test} from "./support/Test.sol";

/// @title The registry, with this contract as its market
contract ParticipantRegistryTest is Test {
    bytes32 private constant KEY = bytes32(uint256(1));
    uint256 private constant START = 1_700_000_000;

    ParticipantRegistry private registry;
    address private worker = makeAddr("worker");
    address private cold = makeAddr("cold");
    address private other = makeAddr("other");

    function setUp() public {
        vm.warp(START);
        registry = new ParticipantRegistry(address(this));
    }

    function test_register_storesEverything() public {
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.ParticipantRegistered(worker, KEY, cold, "https://example.org");
        _register("https://example.org");

        ParticipantView memory participant = registry.getParticipant(worker);
        assertEq(participant.encryptionKey, KEY);
        assertEq(participant.payoutAddress, cold);
        assertEq(participant.reliability, 32768);
        assertEq(participant.registeredAt, START);
        assertEq(participant.endpoint, "https://example.org");
        assertEq(registry.participantCount(), 1);
        assertTrue(registry.isRegistered(worker));
        assertEq(registry.payoutAddressOf(worker), cold);
        assertEq(registry.payoutAddressOf(other), other);
        assertEq(registry.reliabilityOf(other), 0);
    }

    function test_register_badArguments_revert() public {
        vm.startPrank(worker);
        vm.expectRevert(IParticipantRegistry.RegistryInvalidEncryptionKey.selector);
        registry.register(0, cold, "");
        vm.expectRevert(IParticipantRegistry.RegistryInvalidPayoutAddress.selector);
        registry.register(KEY, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryEndpointTooLong.selector, 257));
        registry.register(KEY, cold, string(new bytes(257)));
        registry.register(KEY, cold, string(new bytes(256)));
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryAlreadyRegistered.selector, worker));
        registry.register(KEY, cold, "");
    }

    function test_change_badArguments_revertAsOnRegistering() public {
        _register("");
        vm.startPrank(worker);
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryEndpointTooLong.selector, 257));
        registry.setEndpoint(string(new bytes(257)));
        vm.expectRevert(IParticipantRegistry.RegistryInvalidPayoutAddress.selector);
        registry.requestPayoutChange(address(0));
        vm.stopPrank();
        // Nobody could ever move it back: only the payout address itself may.
        vm.expectRevert(IParticipantRegistry.RegistryInvalidPayoutAddress.selector);
        vm.prank(cold);
        registry.movePayout(worker, address(0));
        assertEq(registry.payoutAddressOf(worker), cold);
    }

    function test_everyChange_byTheUnregistered_reverts() public {
        bytes memory unknown = abi.encodeWithSelector(IParticipantRegistry.RegistryNotRegistered.selector, other);
        vm.startPrank(other);
        vm.expectRevert(unknown);
        registry.setEncryptionKey(KEY);
        vm.expectRevert(unknown);
        registry.setEndpoint("");
        vm.expectRevert(unknown);
        registry.requestPayoutChange(cold);
        vm.expectRevert(unknown);
        registry.confirmPayoutChange(other);
        vm.expectRevert(unknown);
        registry.vetoPayoutChange(other);
        vm.expectRevert(unknown);
        registry.movePayout(other, cold);
    }

    function test_hotKey_changesItsOwnKeyAndEndpoint() public {
        _register("");
        vm.startPrank(worker);
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.EncryptionKeyChanged(worker, bytes32(uint256(2)));
        registry.setEncryptionKey(bytes32(uint256(2)));
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.EndpointChanged(worker, "https://new");
        registry.setEndpoint("https://new");
        assertEq(registry.getParticipant(worker).encryptionKey, bytes32(uint256(2)));
        assertEq(registry.getParticipant(worker).endpoint, "https://new");
        vm.expectRevert(IParticipantRegistry.RegistryInvalidEncryptionKey.selector);
        registry.setEncryptionKey(0);
    }

    function test_stolenHotKey_cannotMovePayBeforeTheDelay() public {
        _register("");
        uint256 readyAt = START + 3 days;
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.PayoutChangeRequested(worker, other, readyAt);
        vm.prank(worker);
        registry.requestPayoutChange(other);
        assertEq(registry.payoutAddressOf(worker), cold);

        vm.warp(readyAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IParticipantRegistry.RegistryPayoutChangeNotReady.selector, worker, readyAt)
        );
        registry.confirmPayoutChange(worker);

        vm.warp(readyAt);
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.PayoutChanged(worker, other);
        registry.confirmPayoutChange(worker);
        assertEq(registry.payoutAddressOf(worker), other);
        assertEq(registry.getParticipant(worker).pendingPayoutAddress, address(0));
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryNoPendingPayout.selector, worker));
        registry.confirmPayoutChange(worker);
    }

    function test_coldAddress_vetoesAndMoves() public {
        _register("");
        vm.prank(worker);
        registry.requestPayoutChange(other);

        bytes memory notCold = abi.encodeWithSelector(
            IParticipantRegistry.RegistryNotPayoutAddress.selector,
            worker,
            cold
        );
        vm.startPrank(worker);
        vm.expectRevert(notCold);
        registry.vetoPayoutChange(worker);
        vm.expectRevert(notCold);
        registry.movePayout(worker, other);
        vm.stopPrank();

        vm.startPrank(cold);
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.PayoutChangeVetoed(worker, other);
        registry.vetoPayoutChange(worker);
        assertEq(registry.getParticipant(worker).payoutChangesAt, 0);
        assertEq(registry.getParticipant(worker).pendingPayoutAddress, address(0));
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryNoPendingPayout.selector, worker));
        registry.vetoPayoutChange(worker);
        registry.movePayout(worker, makeAddr("new cold"));
        assertEq(registry.payoutAddressOf(worker), makeAddr("new cold"));
    }

    function test_coldAddressMoves_pendingChangeDies() public {
        _register("");
        vm.prank(worker);
        registry.requestPayoutChange(other);
        vm.prank(cold);
        registry.movePayout(worker, makeAddr("new cold"));
        vm.warp(START + 3 days);
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryNoPendingPayout.selector, worker));
        registry.confirmPayoutChange(worker);
    }

    function test_record_byAnybodyElse_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IParticipantRegistry.RegistryNotMarket.selector, worker));
        vm.prank(worker);
        registry.recordReliability(worker, 1, 0, 65535);
    }

    function test_record_parallelProjects_addUpInAnyOrder() public {
        _register("");
        vm.expectEmit(address(registry));
        emit IParticipantRegistry.ReliabilityChanged(worker, 1, 32768, 34768);
        registry.recordReliability(worker, 1, 32768, 34768);
        registry.recordReliability(worker, 2, 32768, 31768);
        assertEq(registry.reliabilityOf(worker), 33768);
    }

    function test_record_staysWithinBounds() public {
        _register("");
        registry.recordReliability(worker, 1, 0, 65535);
        assertEq(registry.reliabilityOf(worker), 65535);
        registry.recordReliability(worker, 1, 65535, 0);
        registry.recordReliability(worker, 1, 1, 0);
        assertEq(registry.reliabilityOf(worker), 0);
    }

    function test_reliability_returnsHalfwayToNeutralInAMonth() public {
        _register("");
        // The month begins with the outcome, however long ago the registration was.
        vm.warp(START + 10 days);
        registry.recordReliability(worker, 1, 32768, 52768);
        assertEq(registry.reliabilityOf(worker), 52768);
        vm.warp(START + 40 days);
        assertEq(registry.reliabilityOf(worker), 42768);
    }

    function test_pages_coverEverybodyOnce() public {
        for (uint256 i = 0; i < 5; ++i) {
            vm.prank(address(uint160(100 + i)));
            registry.register(KEY, cold, "");
        }
        assertEq(registry.getParticipants(0, 3).length, 3);
        assertEq(registry.getParticipants(3, 3).length, 2);
        assertEq(registry.getParticipants(3, 3)[1].account, address(104));
        assertEq(registry.getParticipants(5, 3).length, 0);
        assertEq(registry.getParticipants(9, type(uint256).max).length, 0);
    }

    function _register(string memory endpoint) private {
        vm.prank(worker);
        registry.register(KEY, cold, endpoint);
    }
}
