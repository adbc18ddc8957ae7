// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice A participant as a page shows it.
/// @param account The hot key.
/// @param encryptionKey X25519 public key.
/// @param payoutAddress Where earnings go.
/// @param pendingPayoutAddress What it may change to; zero if no change is waiting.
/// @param payoutChangesAt Unix seconds from which the change can be confirmed; 0 if none is waiting.
/// @param reliability Reliability now, with decay, 0 to 65535.
/// @param registeredAt Unix seconds.
/// @param endpoint Base URL of an aggregator's service; empty for trainers.
struct ParticipantView {
    address account;
    bytes32 encryptionKey;
    address payoutAddress;
    address pendingPayoutAddress;
    uint256 payoutChangesAt;
    uint256 reliability;
    uint256 registeredAt;
    string endpoint;
}
