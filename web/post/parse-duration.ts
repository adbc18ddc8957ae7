const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ...{ s: 1, sec: 1, second: 1, seconds: 1 },
  ...{ min: 60, minute: 60, minutes: 60, m: 60 },
  ...{ h: 3600, hour: 3600, hours: 3600 },
  ...{ d: 86_400, day: 86_400, days: 86_400 },
};

/** Seconds of a duration like `90 s`, `4 min`, `6 h` or `3 d`; null when it is none. A bare number is seconds. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = UNIT_SECONDS[match[2] === "" ? "s" : (match[2] ?? "").toLowerCase()];
  const seconds = unit === undefined ? Number.NaN : Number(match[1]) * unit;
  return Number.isSafeInteger(seconds) ? seconds : null;
}
