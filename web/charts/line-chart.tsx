import type { ReactNode } from "react";
import { Axes } from "./axes.tsx";
import { ChartFigure } from "./chart-figure.tsx";
import { ink } from "./colours.ts";
import { niceTicks } from "./scale.ts";

/** A point of a curve: `x` is a whole number with a name, like a model's version. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** One curve over numbered places. */
export function LineChart(props: {
  readonly title: string;
  readonly description: string;
  readonly points: readonly CurvePoint[];
  /** Top of the vertical axis; by default a round number above the highest point. */
  readonly top?: number;
  readonly valueText: (y: number) => string;
  readonly say: (point: CurvePoint) => string;
  readonly legend: ReactNode;
  readonly head: readonly string[];
  readonly rows: ReactNode;
}) {
  const { points, valueText, say } = props;
  const first = points[0]?.x ?? 0;
  const span = Math.max(1, (points.at(-1)?.x ?? 1) - first);
  const highest = Math.max(...points.map(({ y }) => y));
  const ticks = niceTicks(props.top ?? highest, 4);
  const top = ticks.at(-1) ?? 1;
  const placeX = (index: number, { innerWidth }: { readonly innerWidth: number }) =>
    (((points[index]?.x ?? first) - first) / span) * innerWidth;
  return (
    <ChartFigure
      {...props}
      count={points.length}
      placeX={placeX}
      say={(index) => say(points[index] as CurvePoint)}
      show={(index) => say(points[index] as CurvePoint)}
      draw={(area) => {
        const x = (index: number) => placeX(index, area);
        const y = (value: number) => area.innerHeight - (value / top) * area.innerHeight;
        const path = points.map((point, index) => `${x(index)},${y(point.y)}`).join(" ");
        return (
          <>
            <Axes
              area={area}
              ticks={ticks}
              tickText={valueText}
              count={points.length}
              placeX={x}
              placeText={(index) => String(points[index]?.x)}
            />
            <polyline points={path} fill="none" style={{ stroke: ink.line, strokeWidth: 2 }} />
            {points.map((point, index) => (
              <circle
                key={point.x}
                cx={x(index)}
                cy={y(point.y)}
                r={area.selected === index ? 6 : 3.5}
                style={{ fill: ink.line }}
              />
            ))}
          </>
        );
      }}
    />
  );
}
