/** Places of a project's roster. Twin: `RosterMask.CAPACITY`. */
export const ROSTER_CAPACITY = 40;

/** So many rounds missed in a row make a trainer idle. Twin: `MissedRounds.IDLE`, where it says what is counted. */
export const IDLE_AFTER_ROUNDS = 3;
