/** What output files are called: a folder and the usual names in it, or a pattern such as "maps/{name}-{target}.jpg". */
import { dirname, extname } from "node:path";
import { GradCamError, nearest } from "../errors.ts";
import { checkChoice } from "../image/choice.ts";
import { DEFAULT_FOLDER } from "./output-folder.ts";
import { stemOf } from "./pictures.ts";

/** What stands in braces. */
const PLACEHOLDERS = ["folder", "name", "method", "layer", "target", "index"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const EXTENSIONS = [".png", ".jpg", ".jpeg", ".webp", ".avif", ".svg"] as const;

export interface OutputPattern {
  /** Where everything goes. */
  readonly folder: string;
  /** Path in it without the extension, placeholders in braces. */
  readonly stem: string;
  /** Of pictures for people; maps are PNG: there numbers matter. */
  readonly extension: string;
}

/** Of `--output`: a folder, or with braces a pattern; one that ends in "/" is a pattern of folders. Throws E_OPTION. */
export function outputPattern(output: string | undefined, usualStem: string): OutputPattern {
  if (!output?.includes("{")) {
    return { folder: output ?? DEFAULT_FOLDER, stem: usualStem, extension: ".png" };
  }
  for (const [, word = ""] of output.matchAll(/\{([^{}]*)\}/g)) checkPlaceholder(word);
  if (/[/\\]$/.test(output)) return { folder: "", stem: output + usualStem, extension: ".png" };
  const ending = extname(output);
  if (ending === "" || ending.includes("}")) return { folder: "", stem: output, extension: ".png" };
  checkChoice(ending.toLowerCase(), EXTENSIONS, `--output ${output}: extension`);
  return { folder: "", stem: output.slice(0, -ending.length), extension: ending };
}

function checkPlaceholder(word: string): void {
  if ((PLACEHOLDERS as readonly string[]).includes(word)) return;
  const near = nearest(word, PLACEHOLDERS);
  throw new GradCamError("E_OPTION", {
    where: "--output",
    expected: PLACEHOLDERS.map((name) => `{${name}}`).join(", "),
    got: `{${word}}`,
    ...(near && { hint: `did you mean {${near}}?` }),
  });
}

/** The stem with values in place of placeholders; those without a value stay. */
export const filled = (stem: string, values: Readonly<Partial<Record<Placeholder, string>>>): string =>
  stem.replace(/\{([^{}]*)\}/g, (braces, word: Placeholder) => values[word] ?? braces);

/** {folder} and {name} of a picture. Paths that lead upwards or begin at the root stay inside of the output. */
export const placeOf = (picture: string): { folder: string; name: string } => ({
  folder: dirname(picture)
    .split(/[/\\]/)
    .filter((part) => part !== ".." && part !== "." && !part.includes(":"))
    .join("/")
    .replace(/^\/+/, ""),
  name: stemOf(picture),
});

/** Throws E_EXISTS, before any work, where two pictures would get the same names. */
export function checkDistinct({ stem }: OutputPattern, pictures: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const picture of pictures) {
    const path = filled(stem, placeOf(picture));
    const other = seen.get(path);
    seen.set(path, picture);
    if (other === undefined) continue;
    throw new GradCamError("E_EXISTS", {
      where: picture,
      expected: "a name of its own",
      got: `that of ${other === picture ? "itself" : other}, a result of this very command`,
      hint: "tell them apart: --output 'maps/{folder}/{name}.{method}.{target}'",
    });
  }
}
