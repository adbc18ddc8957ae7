/**
 * A share as people say it.
 *
 * @param places Digits behind the point.
 * @example percentText(0.1234) // "12.3 %"
 */
export const percentText = (share: number, places: 0 | 1 = 1): string =>
  `${(100 * share).toFixed(places)} %`;
