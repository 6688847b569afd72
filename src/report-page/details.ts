/** What is written beside and below a map: warnings explained, what was measured, how it was made. */
import type { PageMap } from "../report/page-data.ts";
import { element, part } from "./element.ts";
import { metricFigure } from "./plot.ts";

export function showDetails({ warnings, metrics = [], facts }: PageMap): void {
  const box = part("warnings");
  box.hidden = warnings.length === 0;
  box.replaceChildren(
    box.firstElementChild!,
    ...warnings.map(({ code, message, hint, meaning }) =>
      element(
        "div",
        "warning",
        element("p", "", element("code", "", code), ` ${message}.`),
        element("p", "", meaning),
        element("p", "", `What to try: ${hint}.`),
      ),
    ),
  );
  part("metrics").hidden = metrics.length === 0;
  part("figures").replaceChildren(...metrics.map(metricFigure));
  const pairs = facts.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
  part("facts").replaceChildren(...pairs);
}
