/** Every link of every page of Markdown leads to a file that exists, and to a heading of it where it names one. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/package.ts";

const SKIPPED = /^(node_modules|dist|build|coverage|\..+)$/;

/** All pages below a folder of the repository. */
function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith(".md") ? [relative(ROOT, path)] : [];
  });
}

/** Without what is code: there brackets and hashes mean something else. */
const proseOf = (path: string): string =>
  readFileSync(path, "utf8")
    .replace(/^```.*?^```$/gms, "")
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]]/g, ""));

/** The names that GitHub gives to headings: lower case, punctuation left out, hyphens for spaces. */
function anchorsOf(path: string): Set<string> {
  const counts = new Map<string, number>();
  const headings = [...proseOf(path).matchAll(/^#+ +(.+)$/gm)].map(([, text]) => text!.trim());
  return new Set(
    headings.map((text) => {
      const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
      const name = plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
      const before = counts.get(name) ?? 0;
      counts.set(name, before + 1);
      return before === 0 ? name : `${name}-${before}`;
    }),
  );
}

/** Why a link leads nowhere, or undefined. */
function broken(page: string, link: string): string | undefined {
  const [target, anchor] = link.split("#") as [string, string | undefined];
  const path = target === "" ? join(ROOT, page) : join(ROOT, dirname(page), decodeURI(target));
  if (!existsSync(path)) return `${link}: no such file`;
  if (anchor === undefined || !path.endsWith(".md") || statSync(path).isDirectory()) return undefined;
  return anchorsOf(path).has(anchor) ? undefined : `${link}: no such heading`;
}

const PAGES = pagesIn(ROOT);

describe("the links of", () => {
  it("pages are found", () => {
    expect(PAGES).toContain("README.md");
    expect(PAGES).toContain("docs/models.md");
    expect(PAGES.length).toBeGreaterThan(25);
  });

  it.each(PAGES)("%s lead to files and headings that exist", (page) => {
    const links = [...proseOf(join(ROOT, page)).matchAll(/\]\((?!\w+:)([^)\s]+)(?: "[^"]*")?\)/g)].map(
      ([, link]) => link!,
    );
    expect(links.map((link) => broken(page, link)).filter((why) => why !== undefined)).toEqual([]);
  });

  it("headings are named as GitHub names them", () => {
    expect([...anchorsOf(join(ROOT, "README.md"))]).toContain("what-it-does-not-do");
  });
});
