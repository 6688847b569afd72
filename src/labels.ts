/** Class names: what a model calls its outputs, and how a user may refer to them. */
import { GradCamError, nearest } from "./errors.ts";

/** One class: its WordNet id where it has one, and its name. */
export interface Label {
  readonly wnid?: string;
  readonly name: string;
}

/** By class index. */
export type Labels = readonly Label[];

const normal = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, " ");

/** The index of the class called `text`, or whose WordNet id it is. Throws E_TARGET_CLASS naming the nearest one. */
export function findClass(labels: Labels | undefined, text: string, classes: number): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (!labels) {
    throw new GradCamError("E_TARGET_CLASS", {
      where: `class "${text}"`,
      expected: `an index from 0 to ${String(classes - 1)}`,
      got: "a name, but this model has no labels",
      hint: "pass labels when loading the model",
    });
  }
  const matches = labels.flatMap(({ name, wnid }, index) =>
    normal(name) === normal(text) || wnid === text ? [index] : [],
  );
  if (matches.length === 1) return matches[0]!;
  const suggestion = nearest(
    normal(text),
    labels.map(({ name }) => normal(name)),
  );
  throw new GradCamError("E_TARGET_CLASS", {
    where: `class "${text}"`,
    expected: matches.length > 1 ? "the name of one class" : "a class name, WordNet id or index",
    got: matches.length > 1 ? `a name of the classes ${matches.join(" and ")}` : "a name this model does not know",
    hint: matches.length > 1 ? "give the index" : suggestion ? `did you mean "${suggestion}"?` : "see gradcam classify",
  });
}

/** Throws E_INPUT_VALUE for more or fewer labels than classes: from the first that is missing on, all would name their neighbours. */
export function checkLabels(labels: Labels, classes: number): void {
  if (labels.length === classes) return;
  throw new GradCamError("E_INPUT_VALUE", {
    where: "labels",
    expected: `${String(classes)} class names, one for each class`,
    got: String(labels.length),
  });
}

/** Labels from a plain list: names, [wnid, name] pairs or label objects. Throws E_INPUT_VALUE. */
export function labelsFrom(list: unknown): Labels {
  if (!Array.isArray(list)) {
    throw new GradCamError("E_INPUT_VALUE", {
      where: "labels",
      expected: "a list with one entry per class",
      got: typeof list,
    });
  }
  return list.map((entry: unknown, index) => {
    if (typeof entry === "string") return { name: entry };
    if (Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "string") {
      return { wnid: entry[0], name: entry[1] };
    }
    if (typeof entry === "object" && entry !== null && "name" in entry && typeof entry.name === "string") {
      return entry as Label;
    }
    throw new GradCamError("E_INPUT_VALUE", {
      where: `labels[${String(index)}]`,
      expected: "a name or a [wnid, name] pair",
      got: JSON.stringify(entry),
    });
  });
}
