/** How many values an array of this shape has: the product of its sides. */
export const countValues = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1);
