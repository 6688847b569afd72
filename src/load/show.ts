/** A value from a file, short enough for a message. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return (text ?? "nothing").slice(0, 80);
}
