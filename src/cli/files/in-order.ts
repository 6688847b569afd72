/** A short assembly line: several items are begun ahead, and finished one at a time in their order. */

/**
 * Begins up to `ahead` items at once; `finish` sees what came of each in the order of the items. When it throws, nothing more is
 * begun, and what was begun is waited for, so that no file is written behind the caller's back.
 */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  begin: (item: Item) => Promise<Result>,
  finish: (result: Promise<Result>, item: Item) => Promise<void>,
): Promise<void> {
  const begun: Promise<Result>[] = [];
  try {
    for (const [index, item] of items.entries()) {
      while (begun.length < Math.min(items.length, index + ahead)) {
        const result = begin(items[begun.length]!);
        // Whoever finishes it hears of a failure; until then it is no unhandled one.
        result.catch(() => undefined);
        begun.push(result);
      }
      await finish(begun[index]!, item);
      // Results may be large.
      begun[index] = undefined as never;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
