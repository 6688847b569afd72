/** Numbers of filters of networks that come in several widths. */

/** The nearest multiple of 8 that is not more than a tenth below. */
export function roundFilters(filters: number): number {
  const rounded = Math.max(8, Math.floor((filters + 4) / 8) * 8);
  return rounded < 0.9 * filters ? rounded + 8 : rounded;
}
