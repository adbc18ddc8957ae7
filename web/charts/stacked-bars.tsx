import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Axes } from "./axes.tsx";
import { type ChartArea, ChartFigure } from "./chart-figure.tsx";
import { niceTicks } from "./scale.ts";

/** A part of every bar. */
export interface BarSeries {
  readonly key: string;
  readonly name: string;
  /** CSS colour. */
  readonly colour: string;
}

/** A bar: what each series adds to it, from the bottom. */
export interface Bar {
  readonly label: string;
  /** What stands below it, as short as can be. */
  readonly mark: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A square of a series' colour, and its name. */
export function SeriesKey({ series, children }: { series: BarSeries; children?: ReactNode }) {
  return (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex">
      <span
        aria-hidden
        style={{ flex: "0 0 12px", height: 12, borderRadius: 2, background: series.colour }}
      />
      <span>
        {series.name}
        {children}
      </span>
    </Group>
  );
}

/** Bars of stacked parts, one colour a series. */
export function StackedBars(props: {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
  readonly series: readonly BarSeries[];
  /** Top of the vertical axis; by default a round number above the highest bar. */
  readonly top?: number;
  readonly valueText: (value: number) => string;
  /** A part of a bar in words, or null to leave it out. */
  readonly partText: (bar: number, series: BarSeries) => string | null;
  readonly head: readonly string[];
  readonly rows: ReactNode;
}) {
  const { bars, series, valueText, partText } = props;
  const heights = bars.map(({ values }) => Object.values(values).reduce((sum, v) => sum + v, 0));
  const ticks = niceTicks(props.top ?? Math.max(...heights), 4);
  const placeX = (index: number, { innerWidth }: Pick<ChartArea, "innerWidth">) =>
    ((index + 0.5) / bars.length) * innerWidth;
  const parts = (index: number) =>
    series.flatMap((each) => {
      const text = partText(index, each);
      return text === null ? [] : [{ series: each, text }];
    });
  return (
    <ChartFigure
      {...props}
      count={bars.length}
      placeX={placeX}
      say={(index) =>
        `${bars[index]?.label}: ${parts(index)
          .map((part) => `${part.series.name} ${part.text}`)
          .join("; ")}`
      }
      show={(index) => (
        <Group gap="2px 16px">
          <strong>{bars[index]?.label}</strong>
          {parts(index).map((part) => (
            <SeriesKey key={part.series.key} series={part.series}>
              : {part.text}
            </SeriesKey>
          ))}
        </Group>
      )}
      legend={
        <Group gap="2px 16px">
          {series.map((each) => (
            <SeriesKey key={each.key} series={each} />
          ))}
        </Group>
      }
      draw={(area) => (
        <>
          <Axes
            area={area}
            ticks={ticks}
            tickText={valueText}
            count={bars.length}
            placeX={(index) => placeX(index, area)}
            placeText={(index) => bars[index]?.mark ?? ""}
          />
          {bars.map((bar, index) => (
            <BarParts
              key={bar.label}
              bar={bar}
              series={series}
              area={area}
              top={ticks.at(-1) ?? 1}
              x={placeX(index, area)}
              width={Math.min(56, (area.innerWidth / bars.length) * 0.72)}
              isFaded={area.selected !== null && area.selected !== index}
            />
          ))}
        </>
      )}
    />
  );
}

function BarParts(props: {
  readonly bar: Bar;
  readonly series: readonly BarSeries[];
  readonly area: ChartArea;
  readonly top: number;
  readonly x: number;
  readonly width: number;
  readonly isFaded: boolean;
}) {
  const { bar, series, area, top, x, width, isFaded } = props;
  let below = 0;
  return (
    <g opacity={isFaded ? 0.45 : 1}>
      {series.map(({ key, colour }) => {
        const value = bar.values[key] ?? 0;
        const height = (value / top) * area.innerHeight;
        below += height;
        if (height === 0) return null;
        return (
          <rect
            key={key}
            x={x - width / 2}
            y={area.innerHeight - below}
            width={width}
            height={height}
            style={{ fill: colour, stroke: "var(--mantine-color-body)", strokeWidth: 1 }}
          />
        );
      })}
    </g>
  );
}
