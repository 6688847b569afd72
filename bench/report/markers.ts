/** Markdown that is generated: whole pages, and what stands between `<!-- bench:name -->` and `<!-- /bench:name -->`. */
import { format, resolveConfig } from "prettier";

/** The page with the part replaced, formatted as the rest of the project. Throws when the page has no such part. */
export function replacePart(page: string, name: string, part: string, path: string): Promise<string> {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path}: expected ${begin} … ${end}`);
  return formatPage(`${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`, path);
}

export const formatPage = async (page: string, path: string): Promise<string> =>
  format(page, { ...(await resolveConfig(path)), parser: "markdown" });
