import { type RefObject, useEffect, useRef } from "react";
import type { Route } from "./route.ts";
import { routeTitle } from "./route-title.ts";

/**
 * Does what a browser does by itself when a link leads to another document: names the tab, begins at the top, and lets keyboard and
 * screen reader go on in the content.
 */
export function useArrival(route: Route, content: RefObject<HTMLElement | null>): void {
  const title = routeTitle(route);
  const before = useRef(title);
  useEffect(() => {
    document.title = title;
    if (before.current === title) return;
    before.current = title;
    content.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title, content]);
}
