// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IParticipantRegistry} from "./interfaces/IParticipantRegistry.sol";
import {Reliability} from "./libraries/Reliability.sol";
import {ParticipantView} from "./types/ParticipantView.sol";

/// @title Who takes part
/// @notice See `IParticipantRegistry`.
/// @dev Reliability is kept here between projects; while a trainer is in a project its score moves in the project's own record,
/// which a settlement writes anyway, and the difference is recorded here when the trainer's part ends.
contract ParticipantRegistry is IParticipantRegistry {
    /// @dev The second word holds what a settlement reads to pay.
    struct Participant {
        bytes32 encryptionKey;
        address payoutAddress;
        uint16 reliability;
        uint40 reliabilityUpdatedAt;
        uint40 registeredAt;
        address pendingPayoutAddress;
        uint40 payoutChangesAt;
        string endpoint;
    }

    /// @inheritdoc IParticipantRegistry
    uint256 public constant PAYOUT_CHANGE_DELAY_SECONDS = 3 days;

    uint256 private constant _LONGEST_ENDPOINT = 256;

    address private immutable _MARKET;

    mapping(address account => Participant) private _participants;
    address[] private _accounts;

    /// @param market_ The market; may be deployed later at this address.
    constructor(address market_) {
        _MARKET = market_;
    }

    /// @inheritdoc IParticipantRegistry
    function register(bytes32 encryptionKey, address payoutAddress, string calldata endpoint) external {
        if (isRegistered(msg.sender)) revert RegistryAlreadyRegistered(msg.sender);
        _requireEncryptionKey(encryptionKey);
        _requirePayoutAddress(payoutAddress);
        _requireEndpoint(endpoint);
        Participant storage participant = _participants[msg.sender];
        participant.encryptionKey = encryptionKey;
        participant.payoutAddress = payoutAddress;
        participant.reliability = uint16(Reliability.NEUTRAL);
        participant.reliabilityUpdatedAt = uint40(block.timestamp);
        participant.registeredAt = uint40(block.timestamp);
        participant.endpoint = endpoint;
        _accounts.push(msg.sender);
        emit ParticipantRegistered(msg.sender, encryptionKey, payoutAddress, endpoint);
    }

    /// @inheritdoc IParticipantRegistry
    function setEncryptionKey(bytes32 encryptionKey) external {
        _requireEncryptionKey(encryptionKey);
        _registered(msg.sender).encryptionKey = encryptionKey;
        emit EncryptionKeyChanged(msg.sender, encryptionKey);
    }

    /// @inheritdoc IParticipantRegistry
    function setEndpoint(string calldata endpoint) external {
        _requireEndpoint(endpoint);
        _registered(msg.sender).endpoint = endpoint;
        emit EndpointChanged(msg.sender, endpoint);
    }

    /// @inheritdoc IParticipantRegistry
    function requestPayoutChange(address payoutAddress) external {
        _requirePayoutAddress(payoutAddress);
        Participant storage participant = _registered(msg.sender);
        uint256 readyAt = block.timestamp + PAYOUT_CHANGE_DELAY_SECONDS;
        participant.pendingPayoutAddress = payoutAddress;
        participant.payoutChangesAt = uint40(readyAt);
        emit PayoutChangeRequested(msg.sender, payoutAddress, readyAt);
    }

    /// @inheritdoc IParticipantRegistry
    function confirmPayoutChange(address account) external {
        Participant storage participant = _pending(account);
        if (block.timestamp < participant.payoutChangesAt) {
            revert RegistryPayoutChangeNotReady(account, participant.payoutChangesAt);
        }
        _setPayout(account, participant, participant.pendingPayoutAddress);
    }

    /// @inheritdoc IParticipantRegistry
    function vetoPayoutChange(address account) external {
        Participant storage participant = _pending(account);
        _requirePayoutSender(participant);
        emit PayoutChangeVetoed(account, participant.pendingPayoutAddress);
        participant.pendingPayoutAddress = address(0);
        participant.payoutChangesAt = 0;
    }

    /// @inheritdoc IParticipantRegistry
    function movePayout(address account, address payoutAddress) external {
        Participant storage participant = _registered(account);
        _requirePayoutSender(participant);
        _requirePayoutAddress(payoutAddress);
        _setPayout(account, participant, payoutAddress);
    }

    /// @inheritdoc IParticipantRegistry
    function recordReliability(address account, uint256 projectId, uint256 before, uint256 afterwards) external {
        if (msg.sender != _MARKET) revert RegistryNotMarket(msg.sender);
        Participant storage participant = _participants[account];
        uint256 current = reliabilityOf(account);
        uint256 reliability = Reliability.afterProject(current, before, afterwards);
        // At most Reliability.MAX, which is the type's.
        participant.reliability = uint16(reliability);
        participant.reliabilityUpdatedAt = uint40(block.timestamp);
        emit ReliabilityChanged(account, projectId, current, reliability);
    }

    /// @inheritdoc IParticipantRegistry
    function getParticipants(uint256 offset, uint256 limit) external view returns (ParticipantView[] memory page) {
        uint256 total = _accounts.length;
        uint256 length = offset >= total ? 0 : total - offset;
        page = new ParticipantView[](length < limit ? length : limit);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = getParticipant(_accounts[offset + i]);
        }
    }

    /// @inheritdoc IParticipantRegistry
    function participantCount() external view returns (uint256) {
        return _accounts.length;
    }

    /// @inheritdoc IParticipantRegistry
    function payoutAddressOf(address account) external view returns (address) {
        address payoutAddress = _participants[account].payoutAddress;
        return payoutAddress == address(0) ? account : payoutAddress;
    }

    /// @inheritdoc IParticipantRegistry
    function market() external view returns (address) {
        return _MARKET;
    }

    /// @inheritdoc IParticipantRegistry
    function getParticipant(address account) public view returns (ParticipantView memory) {
        Participant storage participant = _participants[account];
        return
            ParticipantView({
                account: account,
                encryptionKey: participant.encryptionKey,
                payoutAddress: participant.payoutAddress,
                pendingPayoutAddress: participant.pendingPayoutAddress,
                payoutChangesAt: participant.payoutChangesAt,
                reliability: reliabilityOf(account),
                registeredAt: participant.registeredAt,
                endpoint: participant.endpoint
            });
    }

    /// @inheritdoc IParticipantRegistry
    function isRegistered(address account) public view returns (bool) {
        return _participants[account].registeredAt != 0;
    }

    /// @inheritdoc IParticipantRegistry
    function reliabilityOf(address account) public view returns (uint256 reliability) {
        Participant storage participant = _participants[account];
        // Without this, an unknown account would count as idle since 1970, and so as neutral.
        if (participant.registeredAt == 0) return 0;
        return Reliability.afterTime(participant.reliability, block.timestamp - participant.reliabilityUpdatedAt);
    }

    function _registered(address account) private view returns (Participant storage participant) {
        participant = _participants[account];
        if (participant.registeredAt == 0) revert RegistryNotRegistered(account);
    }

    function _pending(address account) private view returns (Participant storage participant) {
        participant = _registered(account);
        if (participant.payoutChangesAt == 0) revert RegistryNoPendingPayout(account);
    }

    function _setPayout(address account, Participant storage participant, address payoutAddress) private {
        participant.payoutAddress = payoutAddress;
        // A change that the hot key asked for must not outlive a decision of the payout address.
        participant.pendingPayoutAddress = address(0);
        participant.payoutChangesAt = 0;
        emit PayoutChanged(account, payoutAddress);
    }

    function _requirePayoutSender(Participant storage participant) private view {
        if (msg.sender != participant.payoutAddress) {
            revert RegistryNotPayoutAddress(msg.sender, participant.payoutAddress);
        }
    }

    function _requireEncryptionKey(bytes32 encryptionKey) private pure {
        if (encryptionKey == 0) revert RegistryInvalidEncryptionKey();
    }

    function _requirePayoutAddress(address payoutAddress) private pure {
        if (payoutAddress == address(0)) revert RegistryInvalidPayoutAddress();
    }

    function _requireEndpoint(string calldata endpoint) private pure {
        if (bytes(endpoint).length > _LONGEST_ENDPOINT) revert RegistryEndpointTooLong(bytes(endpoint).length);
    }
}
