/** Dots of a braille character, by column and row: bit numbers of U+2800. */
const DOT_BITS = [
  [0, 1, 2, 6],
  [3, 4, 5, 7],
] as const;
const BLANK = 0x2800;

/**
 * A curve in braille characters, two by four dots each.
 *
 * @param options.values From 0 to 1, one for each step of the horizontal axis, undefined where none is known; straight lines join neighbours.
 * @param options.steps Steps that the axis is long, at least as many as there are values less one.
 * @param options.width Characters.
 * @param options.height Characters.
 * @returns `height` strings of `width` characters, the top first.
 */
export function braillePlot(options: {
  values: readonly (number | undefined)[];
  steps: number;
  width: number;
  height: number;
}): string[] {
  const { values, width, height } = options;
  const steps = Math.max(1, options.steps, values.length - 1);
  const cells = Array.from({ length: height }, () => new Array<number>(width).fill(BLANK));
  const [dotsAcross, dotsUp] = [2 * width, 4 * height];
  const draw = (x: number, value: number) => {
    const y = Math.round((1 - Math.min(1, Math.max(0, value))) * (dotsUp - 1));
    const row = cells[Math.floor(y / 4)];
    const column = Math.floor(x / 2);
    const bit = DOT_BITS[x % 2]?.[y % 4];
    if (row === undefined || bit === undefined || column >= width) return;
    row[column] = (row[column] ?? BLANK) | (1 << bit);
  };
  const xOf = (index: number) => Math.round((index / steps) * (dotsAcross - 1));
  values.forEach((value, index) => {
    if (value === undefined) return;
    const previous = values[index - 1];
    const [from, to] = [xOf(previous === undefined ? index : index - 1), xOf(index)];
    for (let x = from; x <= to; x++) {
      const share = to === from ? 1 : (x - from) / (to - from);
      draw(x, previous === undefined ? value : previous + share * (value - previous));
    }
  });
  return cells.map((row) => String.fromCodePoint(...row));
}
