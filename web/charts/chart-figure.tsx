import { Text } from "@mantine/core";
import { type CSSProperties, type ReactNode, useId, useRef, useState } from "react";
import { ScrollTable } from "../scroll-table.tsx";
import { ink } from "./colours.ts";
import { useWidth } from "./use-width.ts";

/** Room around the area that a chart draws in, in pixels. */
const margins = { left: 52, right: 12, top: 10, bottom: 26 } as const;

/** What a chart draws with: everything in pixels. */
export interface ChartArea {
  readonly width: number;
  readonly height: number;
  /** Size of the area inside the margins. */
  readonly innerWidth: number;
  readonly innerHeight: number;
  /** The place that is looked at now, or null. */
  readonly selected: number | null;
}

/** How a chart is read without seeing it. */
export interface ChartFigureProps {
  readonly title: string;
  /** What the chart shows, in a sentence or two. */
  readonly description: string;
  readonly height?: number;
  /** How many places there are along the horizontal axis. */
  readonly count: number;
  /** Middle of a place along the horizontal axis, in pixels. */
  readonly placeX: (index: number, area: Pick<ChartArea, "innerWidth">) => number;
  /** What a place says, in one sentence: for screen readers. */
  readonly say: (index: number) => string;
  /** What a place says, shown below the chart while it is looked at. */
  readonly show: (index: number) => ReactNode;
  /** What is shown below the chart while nothing is looked at. */
  readonly legend?: ReactNode;
  readonly head: readonly string[];
  readonly rows: ReactNode;
  readonly draw: (area: ChartArea) => ReactNode;
}

/**
 * A drawing with a title and a description, a cursor for mouse, finger and arrow keys, what it points at in words, and the same numbers
 * as a table. The cursor is the browser's own slider, laid over the drawing, so that every assistive device knows it.
 */
export function ChartFigure(props: ChartFigureProps) {
  const { title, description, height = 220, count, placeX, say, show, legend, draw } = props;
  const { ref, width } = useWidth<HTMLDivElement>();
  const [selected, setSelected] = useState<number | null>(null);
  const [isFocused, setIsFocused] = useState(false);
  // While a finger or a mouse button is down, the place comes from where it points, not from where a slider's thumb would be.
  const isPressed = useRef(false);
  const ids = useId();
  const innerWidth = Math.max(0, width - margins.left - margins.right);
  const area = {
    ...{ width, height, selected, innerWidth },
    innerHeight: height - margins.top - margins.bottom,
  };
  const nearest = (clientX: number, left: number): number => {
    const at = clientX - left - margins.left;
    const distance = (index: number) => Math.abs(placeX(index, area) - at);
    const all = Array.from({ length: count }, (_, index) => index);
    return all.reduce((best, index) => (distance(index) < distance(best) ? index : best), 0);
  };
  const point = (event: React.PointerEvent<HTMLElement>) =>
    setSelected(nearest(event.clientX, event.currentTarget.getBoundingClientRect().left));
  const cursor: CSSProperties = {
    ...{ position: "absolute", inset: 0, width: "100%", height: "100%", margin: 0 },
    ...{ opacity: 0, cursor: "crosshair", touchAction: "pan-y" },
  };
  return (
    <figure style={{ margin: 0 }}>
      <Text component="figcaption" fw={600} size="sm" mb={4}>
        {title}
      </Text>
      <div
        ref={ref}
        style={{
          ...{ position: "relative", height, borderRadius: 4 },
          ...(isFocused ? { outline: `2px solid ${ink.line}` } : {}),
        }}
      >
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-labelledby={`${ids}t ${ids}d`}
            style={{ display: "block", fontSize: 12, fill: ink.text }}
          >
            <title id={`${ids}t`}>{title}</title>
            <desc id={`${ids}d`}>{description}</desc>
            <g transform={`translate(${margins.left},${margins.top})`}>{draw(area)}</g>
          </svg>
        )}
        <input
          type="range"
          min={0}
          max={count - 1}
          value={selected ?? 0}
          aria-label={`${title}: look at`}
          aria-valuetext={selected === null ? "nothing yet: use the arrow keys" : say(selected)}
          onChange={(event) => {
            if (!isPressed.current) setSelected(Number(event.currentTarget.value));
          }}
          onPointerDown={(event) => {
            isPressed.current = true;
            point(event);
          }}
          onPointerMove={point}
          onPointerUp={() => {
            isPressed.current = false;
          }}
          onPointerCancel={() => {
            isPressed.current = false;
          }}
          onPointerLeave={(event) => {
            if (event.pointerType === "mouse") setSelected(null);
          }}
          onFocus={() => {
            setIsFocused(true);
            setSelected((before) => before ?? 0);
          }}
          onBlur={() => {
            setIsFocused(false);
            setSelected(null);
          }}
          style={cursor}
        />
      </div>
      <Text component="div" size="sm" mih={44} mt={4}>
        {selected !== null && selected < count ? show(selected) : legend}
      </Text>
      <details>
        <Text component="summary" size="sm">
          The same as a table
        </Text>
        <ScrollTable caption={`${title}, as a table`} head={props.head}>
          {props.rows}
        </ScrollTable>
      </details>
    </figure>
  );
}
