// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @notice Where a project is. Every value but `Ended` has a deadline, after which anyone can move the project on with `poke`.
/// @dev Twin: services/protocol/market/phases.ts.
/// `Idle`: no round is open; waits for `openRound`.
/// `Commit`: trainers submit commitments until everybody is in or the time is up.
/// `Reveal`: content keys are released; the aggregator may settle as soon as it has all of them.
/// `Settle`: aggregators settle, each in its window.
/// `Expired`: nobody settled, or too few submitted; `poke` voids the round.
/// `Overdue`: nobody opened a round in time; `poke` ends the project.
/// `Ended`: everybody is paid; the owner has the rest back.
enum RoundPhase {
    Idle,
    Commit,
    Reveal,
    Settle,
    Expired,
    Overdue,
    Ended
}
