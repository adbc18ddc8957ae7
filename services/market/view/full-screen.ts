import type { Screen } from "../../command-line/terminal.ts";
import { type Line, lineText } from "./styled-line.ts";

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[2J";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** Terminals that know it show everything in between at once; others ignore it. */
const BEGIN_FRAME = "\u001b[?2026h";
const END_FRAME = "\u001b[?2026l";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** A view on the alternate screen; what was on the terminal before is back after `close`. */
export interface FullScreen {
  /** Draws soon: many calls in a row draw once. */
  update(): void;
  /** Gives the terminal back. Safe to call twice. */
  close(): void;
}

/**
 * Takes the whole screen and draws into it, only the lines that have changed. The terminal is given back however the process
 * ends, unless it is killed.
 *
 * @param options.draw The lines to show now.
 */
export function openFullScreen(options: {
  screen: Screen;
  draw: () => readonly Line[];
  /** Least time between two drawings. */
  frameMs?: number;
  /** Time after which it draws although nothing was updated, for clocks. */
  tickMs?: number;
}): FullScreen {
  const { screen, draw, frameMs = 80, tickMs = 1000 } = options;
  let shown: string[] = [];
  let isOpen = true;
  let timer: NodeJS.Timeout | undefined;

  const paint = () => {
    timer = undefined;
    if (!isOpen) return;
    const lines = draw().map((line) => lineText(line, screen.hasColor));
    const changed = lines.map((text, index) =>
      text === shown[index] ? "" : `\u001b[${index + 1};1H${text}${CLEAR_TO_LINE_END}`,
    );
    const rest = lines.length < shown.length ? `\u001b[${lines.length + 1};1H${CLEAR_BELOW}` : "";
    shown = lines;
    screen.write(`${BEGIN_FRAME}${changed.join("")}${rest}${END_FRAME}`);
  };
  const update = () => {
    timer ??= setTimeout(paint, frameMs);
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    clearInterval(ticking);
    stopListening();
    process.off("exit", close);
    screen.write(LEAVE);
  };

  screen.write(ENTER);
  const ticking = setInterval(update, tickMs);
  const stopListening = screen.onResize(() => {
    // Terminals reflow what was there: begin anew.
    shown = [];
    screen.write("\u001b[2J");
    update();
  });
  process.on("exit", close);
  paint();
  return { update, close };
}
