import { DEFAULT_THEME } from "@mantine/core";
import { describe, expect, it } from "vitest";
import { cosineColour } from "../../../web/charts/heat-map.tsx";

type Rgb = readonly number[];

const { colors, black, white } = DEFAULT_THEME;
/** Text, and what may lie below a cell: the page, and every other row of a table. */
const SCHEMES = [
  { scheme: "light", place: 0, text: black, below: [white, colors.gray[0]] },
  { scheme: "dark", place: 1, text: colors.dark[0], below: [colors.dark[7], colors.dark[6]] },
] as const;

const rgbOf = (hex: string): Rgb => {
  const six =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(six.slice(at, at + 2), 16));
};

/** WCAG 2: relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (bright + 0.05) / (dark + 0.05);
}

/** What is seen of a cell's colour, which lets some of what is below it through. */
function seen(colour: string, place: number, below: string): Rgb {
  const parts = /light-dark\((#\w+), (#\w+)\) (\d+)%, transparent\)$/.exec(colour);
  if (parts === null) throw new Error(`another kind of colour: ${colour}`);
  const above = rgbOf(parts[1 + place] as string);
  const share = Number(parts[3]) / 100;
  return rgbOf(below).map((byte, at) => (above[at] as number) * share + byte * (1 - share));
}

describe.each(SCHEMES)("a cosine's colour, $scheme", ({ place, text, below }) => {
  it.each([1, -1, 0.5, -0.5, 0])("leaves %f above it readable: 4.5:1", (cosine) => {
    for (const page of below) {
      const colour = seen(cosineColour(cosine), place, page);
      expect(contrast(rgbOf(text), colour), `on ${page}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("differs from the page for 1 and for -1", () => {
    for (const cosine of [1, -1]) {
      const page = below[0];
      const colour = seen(cosineColour(cosine), place, page);
      expect(contrast(rgbOf(page), colour)).toBeGreaterThan(1.5);
    }
  });
});
