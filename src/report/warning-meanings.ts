/** What each warning means, for readers of a report who have not read the documentation. */
import type { WarningCode } from "../cam/normalize.ts";

/** A new code does not compile without an entry here. */
export const WARNING_MEANINGS: Readonly<Record<WarningCode, string>> = {
  ALL_NEGATIVE:
    "Everything this layer saw speaks the other way, so nothing is left to paint. The blank map is an answer, not a failure.",
  FLAT: "A map with one value everywhere points nowhere: the layer no longer knows where things are.",
  INSENSITIVE: "The score hardly changes with what the method varies, so that its map is mostly rounding error.",
  SATURATED_SCORE:
    "A probability near 1 cannot rise any further, so its gradient is almost 0 and the map shows what little is left.",
};
