/** Text and thin lines of a chart, in both colour schemes. */
export const ink = {
  text: "var(--mantine-color-text)",
  axis: "light-dark(#868e96, #909296)",
  grid: "light-dark(#e9ecef, #373a40)",
  line: "light-dark(#3b5bdb, #91a7ff)",
} as const;

/** Angle between neighbours' hues: no two of the first dozens come close. */
const GOLDEN_ANGLE = 137.508;
/** Neighbours also differ in lightness, for those who see hues badly. All keep 3:1 against the page. */
const LIGHT = [0.5, 0.62, 0.38] as const;
const DARK = [0.7, 0.84, 0.6] as const;

/** A colour for the trainer in this place, the same on every chart of a project; for `fill` or `background` in a style. */
export function trainerColour(place: number): string {
  const hue = (265 + place * GOLDEN_ANGLE) % 360;
  const shade = place % LIGHT.length;
  const of = (lightness: number) => `oklch(${lightness} 0.15 ${hue.toFixed(1)})`;
  return `light-dark(${of(LIGHT[shade] as number)}, ${of(DARK[shade] as number)})`;
}
