import type { ChartArea } from "./chart-figure.tsx";
import { ink } from "./colours.ts";
import { labelStep } from "./scale.ts";

/** Pixels that the label of a place needs. */
const LABEL_WIDTH = 34;

/** Horizontal lines with their values, and the places' names below. */
export function Axes(props: {
  readonly area: ChartArea;
  readonly ticks: readonly number[];
  readonly tickText: (value: number) => string;
  readonly count: number;
  readonly placeX: (index: number) => number;
  readonly placeText: (index: number) => string;
}) {
  const { area, ticks, tickText, count, placeX, placeText } = props;
  const { innerWidth, innerHeight } = area;
  const top = ticks.at(-1) ?? 1;
  const every = labelStep(count, innerWidth, LABEL_WIDTH);
  return (
    <g aria-hidden>
      {ticks.map((tick) => {
        const y = innerHeight - (tick / top) * innerHeight;
        return (
          <g key={tick}>
            <line x1={0} x2={innerWidth} y1={y} y2={y} style={{ stroke: ink.grid }} />
            <text x={-8} y={y} dy="0.32em" textAnchor="end">
              {tickText(tick)}
            </text>
          </g>
        );
      })}
      {Array.from({ length: count }, (_, index) => placeX(index)).map(
        (x, index) =>
          index % every === 0 && (
            <text key={x} x={x} y={innerHeight + 18} textAnchor="middle">
              {placeText(index)}
            </text>
          ),
      )}
      <line x1={0} x2={innerWidth} y1={innerHeight} y2={innerHeight} style={{ stroke: ink.axis }} />
    </g>
  );
}
