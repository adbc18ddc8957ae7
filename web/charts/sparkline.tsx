import { useId } from "react";
import { ink } from "./colours.ts";

const SIZE = { width: 96, height: 28, edge: 3 } as const;

/** A curve in the height of a line of text; values from 0 to 1. */
export function Sparkline({ values, title }: { values: readonly number[]; title: string }) {
  const id = useId();
  const { width, height, edge } = SIZE;
  const x = (index: number) => edge + (index / Math.max(1, values.length - 1)) * (width - 2 * edge);
  const y = (value: number) => height - edge - value * (height - 2 * edge);
  const last = values.length - 1;
  return (
    <svg width={width} height={height} role="img" aria-labelledby={id}>
      <title id={id}>{title}</title>
      <polyline
        points={values.map((value, index) => `${x(index)},${y(value)}`).join(" ")}
        fill="none"
        style={{ stroke: ink.line, strokeWidth: 2 }}
      />
      <circle cx={x(last)} cy={y(values[last] ?? 0)} r={3} style={{ fill: ink.line }} />
    </svg>
  );
}
