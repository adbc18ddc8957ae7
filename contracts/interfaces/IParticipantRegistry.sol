// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {ParticipantView} from "../types/ParticipantView.sol";

/// @title Who takes part
/// @notice Encryption keys, endpoints, payout addresses and reliability, across all projects.
/// @dev A participant is its hot key, the address that a worker or aggregator signs with. Earnings go to a cold payout address that
/// the hot key can change only with a delay, in which the payout address can veto.
interface IParticipantRegistry {
    /// @notice Thrown when somebody but the market changes reliability.
    error RegistryNotMarket(address caller);
    /// @notice Thrown when an account registers twice.
    error RegistryAlreadyRegistered(address account);
    /// @notice Thrown when an account is not registered.
    error RegistryNotRegistered(address account);
    /// @notice Thrown when an encryption key is zero.
    error RegistryInvalidEncryptionKey();
    /// @notice Thrown when an endpoint is longer than 256 bytes.
    error RegistryEndpointTooLong(uint256 length);
    /// @notice Thrown when a payout address is zero.
    error RegistryInvalidPayoutAddress();
    /// @notice Thrown when no change of the payout address is waiting.
    error RegistryNoPendingPayout(address account);
    /// @notice Thrown when a change of the payout address is confirmed too early.
    /// @param readyAt Unix seconds.
    error RegistryPayoutChangeNotReady(address account, uint256 readyAt);
    /// @notice Thrown when a caller is not the account's payout address.
    error RegistryNotPayoutAddress(address caller, address expected);

    /// @notice Emitted when an account registers.
    event ParticipantRegistered(
        address indexed account,
        bytes32 encryptionKey,
        address indexed payoutAddress,
        string endpoint
    );
    /// @notice Emitted when an account changes its encryption key.
    event EncryptionKeyChanged(address indexed account, bytes32 encryptionKey);
    /// @notice Emitted when an account changes its endpoint.
    event EndpointChanged(address indexed account, string endpoint);
    /// @notice Emitted when an account asks for another payout address.
    event PayoutChangeRequested(address indexed account, address indexed payoutAddress, uint256 readyAt);
    /// @notice Emitted when the current payout address refuses a change.
    event PayoutChangeVetoed(address indexed account, address indexed payoutAddress);
    /// @notice Emitted when the payout address changes.
    event PayoutChanged(address indexed account, address indexed payoutAddress);
    /// @notice Emitted when a project reports what a trainer's part in it did to its reliability.
    event ReliabilityChanged(address indexed account, uint256 indexed projectId, uint256 before, uint256 reliability);

    /// @notice Registers the caller.
    /// @param encryptionKey X25519 public key that bundles and content keys are sealed to.
    /// @param payoutAddress Where earnings go; a cold wallet.
    /// @param endpoint Base URL of an aggregator's service; empty for trainers.
    function register(bytes32 encryptionKey, address payoutAddress, string calldata endpoint) external;

    /// @notice Changes the caller's encryption key.
    function setEncryptionKey(bytes32 encryptionKey) external;

    /// @notice Changes the caller's endpoint.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Asks for another payout address; it takes effect `PAYOUT_CHANGE_DELAY_SECONDS` later by `confirmPayoutChange`.
    /// @dev From the payout address itself see `movePayout`, which needs no delay.
    function requestPayoutChange(address payoutAddress) external;

    /// @notice Puts a requested payout address into effect after the delay. Anyone may call it.
    function confirmPayoutChange(address account) external;

    /// @notice Refuses a requested change. Only the account's current payout address.
    function vetoPayoutChange(address account) external;

    /// @notice Moves an account's payout address at once. Only the account's current payout address.
    function movePayout(address account, address payoutAddress) external;

    /// @notice Adds what happened to a trainer's reliability in a project. Only the market, when the trainer's part ends.
    /// @param before Reliability with which the trainer joined the project.
    /// @param afterwards Reliability at the end of its part.
    function recordReliability(address account, uint256 projectId, uint256 before, uint256 afterwards) external;

    /// @notice A participant.
    function getParticipant(address account) external view returns (ParticipantView memory);

    /// @notice Participants `offset` to `offset + limit - 1` in order of registration, as far as there are.
    function getParticipants(uint256 offset, uint256 limit) external view returns (ParticipantView[] memory);

    /// @notice How many have registered.
    function participantCount() external view returns (uint256);

    /// @notice Whether an account is registered.
    function isRegistered(address account) external view returns (bool);

    /// @notice Reliability now, with decay; 0 for unknown accounts.
    function reliabilityOf(address account) external view returns (uint256 reliability);

    /// @notice Where an account's earnings go; the account itself if it is not registered.
    function payoutAddressOf(address account) external view returns (address);

    /// @notice Seconds between asking for another payout address and its effect.
    function PAYOUT_CHANGE_DELAY_SECONDS() external view returns (uint256);

    /// @notice The market, the only one to change reliability.
    function market() external view returns (address);
}
