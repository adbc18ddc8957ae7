import { useEffect } from "react";

/** How often a page that watches something looks again. */
const REFRESH_MS = 8000;

/** Looks again every few seconds while `isOn`, but not while nobody sees the page. */
export function useRefresh(refresh: () => void, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh, isOn]);
}
