/** Numbers and labels as a reader wants them. */

/** "62.1 %", "0.03 %", "< 0.001 %". */
export function percent(part: number): string {
  const value = part * 100;
  const size = Math.abs(value);
  if (size > 0 && size < 0.001) return `${value < 0 ? "−" : ""}< 0.001 %`;
  return `${signed(value, size >= 10 || size === 0 ? 1 : size >= 0.1 ? 2 : 3)} %`;
}

/** Four significant digits, with a real minus sign; exponents only where zeros would hide the digits. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2).replace("-", "−").replace("e", "·10^");
  return signed(Number(value.toPrecision(4)));
}

const signed = (value: number, digits?: number): string =>
  (digits === undefined ? String(value) : value.toFixed(digits)).replace("-", "−");

/** "Egyptian_cat" as a person writes it. */
export const spelled = (label: string): string => label.replaceAll("_", " ");
