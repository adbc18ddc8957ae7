/**
 * A duration in the largest unit that it is a whole number of, so that nothing of it is lost.
 *
 * @example exactDuration(5400) // "90 min"
 */
export function exactDuration(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0 && seconds > 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/**
 * About how long something still takes, rounded down.
 *
 * @example aboutDuration(5400) // "90 min"
 */
export function aboutDuration(seconds: number): string {
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days`;
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} h`;
  if (seconds >= 120) return `${Math.floor(seconds / 60)} min`;
  return `${seconds} s`;
}

/**
 * Time that has passed, in minutes and seconds.
 *
 * @example clockText(65_000) // "1:05"
 */
export const clockText = (milliseconds: number): string =>
  `${Math.floor(milliseconds / 60_000)}:${String(Math.floor(milliseconds / 1000) % 60).padStart(2, "0")}`;
