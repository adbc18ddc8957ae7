import { expect, it } from "vitest";
import { NEUTRAL_RELIABILITY } from "../../services/protocol/market/reliability.ts";
import { ROSTER_CAPACITY } from "../../services/protocol/market/roster.ts";
import { sampledCandidates } from "../../services/protocol/market/sampling.ts";

const LEAST_TRAINERS = 3;
const GIVEN_UP = 60;

/**
 * Rounds that come to nothing until one has enough updates, when others hold all places, send nothing, and newcomers take the place of
 * whoever is idle after each round.
 */
function lostRounds(project: {
  places: number;
  newcomers: number;
  seed: bigint;
  idleReliability: number;
}): number {
  const { places, seed } = project;
  const roster: ("squatter" | "idle" | "honest")[] = new Array(ROSTER_CAPACITY).fill("squatter");
  let waiting = project.newcomers;
  for (let round = 0; round < GIVEN_UP; round++) {
    const reliabilities = roster.map((who) =>
      who === "idle" ? project.idleReliability : NEUTRAL_RELIABILITY,
    );
    const roundIndex = BigInt(round);
    const drawn = sampledCandidates({ seed, projectId: 1n, roundIndex, places, reliabilities });
    if (drawn.filter((place) => roster[place] === "honest").length >= LEAST_TRAINERS) return round;
    for (const place of drawn) if (roster[place] === "squatter") roster[place] = "idle";
    for (let place = 0; place < ROSTER_CAPACITY && waiting > 0; place++) {
      if (roster[place] !== "idle") continue;
      roster[place] = "honest";
      waiting -= 1;
    }
  }
  return GIVEN_UP;
}

function median(places: number, newcomers: number, idleReliability = 0): number {
  const rounds = Array.from({ length: 101 }, (_, index) =>
    lostRounds({ places, newcomers, idleReliability, seed: BigInt(index) }),
  ).sort((one, other) => one - other);
  return rounds[50] as number;
}

/** The numbers are in docs/threat-model.md. */
it.each([
  { places: 5, newcomers: 40, lost: 5 },
  { places: 5, newcomers: 10, lost: 5 },
  { places: 5, newcomers: 3, lost: 13 },
  { places: 13, newcomers: 40, lost: 1 },
  { places: 13, newcomers: 10, lost: 1 },
  { places: 13, newcomers: 3, lost: 3 },
  { places: 29, newcomers: 40, lost: 1 },
  { places: 29, newcomers: 10, lost: 1 },
  { places: 29, newcomers: 3, lost: 1 },
])(
  "forty squatters cost $lost rounds when $places are drawn and $newcomers want in",
  ({ places, newcomers, lost }) => {
    expect(median(places, newcomers)).toBe(lost);
  },
);

it("would stop small rounds for good if who is idle were drawn like everybody", () => {
  expect(median(5, 3, NEUTRAL_RELIABILITY)).toBe(GIVEN_UP);
});
