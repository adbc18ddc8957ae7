import type { G2Point } from "../../protocol/curve.ts";

/** What every screen says about anything made with {@link DEVELOPMENT_TAU}. */
export const DEVELOPMENT_KEY_WARNING = "development key: its secret is public, not for real money";

/**
 * The secret of the development setup, known to everybody, so that powers of any size can be made anywhere:
 * `keccak256("commonweight development powers of tau, secret known to everybody") mod p`, which a test recomputes.
 * Whoever knows tau can open a commitment to anything: a real network uses a public ceremony file.
 */
export const DEVELOPMENT_TAU =
  15162253849178149615516185760782922980789502269574420141179628229721658396404n;

/** {@link DEVELOPMENT_TAU} times the generator of G2; a test compares it with a fresh multiplication. */
export const DEVELOPMENT_TAU_G2: G2Point = {
  x: [
    16837019875818253193639456968471895460696035061009707180381355895813454632621n,
    1655859923457046213394552073966965725804984608931112457831965585532611666461n,
  ],
  y: [
    3832999071594552893453551544088085803292091301275886444249087864579549942262n,
    20627987398784662067161740110062105742961790519298005355474759679881592878218n,
  ],
};
