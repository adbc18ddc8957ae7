"""What a round may pay, and whom. docs/rules.md, "Payout"."""

from transcript import ACCEPTED

BPS = 10_000
SHARES = 65_535
NOT_SETTLED = 3


def payouts(budget: int, flat_bps: int, cap_bps: int, outcomes: list) -> list:
    """What each trainer gets of what the round pays from: nothing in a void round, in which nobody has a weight."""
    accepted = sum(verdict == ACCEPTED for _, _, verdict in outcomes)
    if not any(weight for _, weight, _ in outcomes):
        return [0] * len(outcomes)
    flat, cap = budget * flat_bps // BPS, budget * cap_bps // BPS
    return [
        min(flat // accepted + (budget - flat) * share // SHARES, cap) if verdict == ACCEPTED else 0
        for share, _, verdict in outcomes
    ]


def budgets(terms: dict, events: list, submitted: dict, excluded: dict, is_void) -> dict:
    """Of each settled round: its budget before exclusions, and what each trainer gets of forfeited bonds.

    What earlier rounds paid is taken from their own announcements, each of which is checked with its round.
    """
    left, applied = terms["budgetPerRoundWei"] * terms["rounds"], 0
    forfeited, found = {}, {}
    for event in events:
        if event["event"] == "BondForfeited":
            forfeited[event["round"]] = forfeited.get(event["round"], 0) + event["toTrainers"]
    for event in events:
        round_index = event.get("round")
        if event["event"] == "BudgetAdded":
            left += event["wei"]
        elif event["event"] == "RoundSettled":
            readable = max(1, submitted.get(round_index, 0) - excluded.get(round_index, 0))
            bonds = forfeited.get(round_index, 0)
            rounds_left = terms["rounds"] - applied
            found[round_index] = (left // rounds_left if rounds_left else 0, bonds // readable)
            left += bonds % readable - event["paid"]
            applied += not is_void(event["outcome"])
        elif event["event"] == "RoundVoided" and event["reason"] == NOT_SETTLED:
            bonds = forfeited.get(round_index, 0)
            if submitted.get(round_index, 0):
                left += bonds % submitted[round_index]
    return found
