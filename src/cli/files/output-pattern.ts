/** What output files are called: the usual names in a folder, a pattern such as "maps/{name}-{target}.jpg", or one file. */
import { dirname, extname } from "node:path";
import { GradCamError, nearest } from "../../errors.ts";
import { checkChoice } from "../../image/choice.ts";
import { DEFAULT_FOLDER } from "./output-folder.ts";
import { isUrl } from "./picture-files.ts";
import { stemOf } from "./picture-stem.ts";

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

const isPictureFile = (output: string): boolean =>
  (EXTENSIONS as readonly string[]).includes(extname(output).toLowerCase());

/**
 * Of `--output`: a folder, or with braces or the extension of a picture a pattern; one that ends in "/" is a pattern of folders.
 * Throws E_OPTION.
 */
export function outputPattern(output: string | undefined, usualStem: string): OutputPattern {
  if (output === undefined || (!/[{}]/.test(output) && !isPictureFile(output))) {
    return { folder: output ?? DEFAULT_FOLDER, stem: usualStem, extension: ".png" };
  }
  checkBraces(output);
  for (const [, word = ""] of output.matchAll(/\{([^{}]*)\}/g)) checkPlaceholder(word);
  if (/[/\\]$/.test(output)) return { folder: "", stem: output + usualStem, extension: ".png" };
  const ending = extname(output);
  if (ending === "" || ending.includes("}")) return { folder: "", stem: output, extension: ".png" };
  checkChoice(ending.toLowerCase(), EXTENSIONS, `--output ${output}: extension`);
  return { folder: "", stem: output.slice(0, -ending.length), extension: ending };
}

function checkBraces(output: string): void {
  if (!/[{}]/.test(output.replace(/\{[^{}]*\}/g, ""))) return;
  const hint = 'such as "{name}.{target}.png"';
  throw new GradCamError("E_OPTION", {
    where: `--output ${output}`,
    expected: "braces in pairs",
    got: "a single one",
    hint,
  });
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
  folder: (isUrl(picture) ? "" : dirname(picture))
    .split(/[/\\]/)
    .filter((part) => part !== ".." && part !== "." && !part.includes(":"))
    .join("/")
    .replace(/^\/+/, ""),
  name: stemOf(picture),
});

/** How many methods, layers and targets each picture is explained with. */
export type Multiplicity = Readonly<Partial<Record<"method" | "layer" | "target", number>>>;

/** Throws before any work: E_OPTION where answers would share a name, E_EXISTS where two pictures would. */
export function checkDistinct({ stem }: OutputPattern, pictures: readonly string[], counts: Multiplicity): void {
  for (const [kind, count = 1] of Object.entries(counts)) {
    const tellApart = kind === "target" ? ["{target}", "{index}"] : [`{${kind}}`];
    if (count < 2 || tellApart.some((placeholder) => stem.includes(placeholder))) continue;
    throw new GradCamError("E_OPTION", {
      where: "--output",
      expected: `${tellApart.join(" or ")} in it, for ${count} ${kind}s`,
      got: `"${stem}"`,
      hint: "each result needs a name of its own",
    });
  }
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
