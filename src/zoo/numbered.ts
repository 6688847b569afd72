/** Keras's names for layers that have none: conv2d, conv2d_1, conv2d_2, … in the order in which they are made. */
export function numbered(): (kind: string) => string {
  const made = new Map<string, number>();
  return (kind) => {
    const count = made.get(kind) ?? 0;
    made.set(kind, count + 1);
    return count === 0 ? kind : `${kind}_${count}`;
  };
}
