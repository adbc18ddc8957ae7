/**
 * Exact Shapley values of a game with few players: the mean, over all orders in which players could join, of what each
 * adds. `2^players` evaluations, so at most 16 players.
 *
 * @param worth Value of the coalition whose members are the set bits of the number; called once for each coalition.
 * @example await coalitionShapley(2, async (coalition) => [0, 1, 2, 5][coalition] as number) // [2, 3]
 */
export async function coalitionShapley(
  players: number,
  worth: (coalition: number) => number | Promise<number>,
): Promise<number[]> {
  if (!Number.isInteger(players) || players < 0 || players > 16) {
    throw new RangeError(`${players} players: exact Shapley values are for at most 16`);
  }
  const worths: number[] = [];
  for (let coalition = 0; coalition < 1 << players; coalition++) {
    worths.push(await worth(coalition));
  }
  // Part of all orders in which exactly the members of a coalition of this size come before a given player.
  const chances = Array.from(
    { length: players },
    (_, size) => 1 / (players * choose(players - 1, size)),
  );
  return Array.from({ length: players }, (_, player) =>
    worths.reduce((sum, before, coalition) => {
      if (coalition & (1 << player)) return sum;
      const gain = (worths[coalition | (1 << player)] as number) - before;
      return sum + gain * (chances[countMembers(coalition)] as number);
    }, 0),
  );
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

function countMembers(coalition: number): number {
  let members = 0;
  for (let rest = coalition; rest > 0; rest &= rest - 1) members += 1;
  return members;
}
