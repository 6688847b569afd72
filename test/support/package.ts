/** The package as it would be published: its manifest, its files and what its modules import. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { importsOf } from "./source-files.ts";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | object>>;
  readonly bin: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** A file of dist/. Throws when the package was not built: `npm test` does that first. */
export function built(path: string): string {
  const file = join(ROOT, "dist", path);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build"`);
  return file;
}

/** Paths that `npm pack` would put into the package. */
export function packedFiles(): string[] {
  const [report] = JSON.parse(npm("pack", "--dry-run", "--json", "--ignore-scripts")) as [
    { files: { path: string }[] },
  ];
  return report.files.map(({ path }) => path);
}

interface Listed {
  readonly dependencies?: Readonly<Record<string, Listed>>;
  readonly version?: string;
}

/** Names of everything `npm install gradcam-wasm` may install, optional platform packages included. */
export function runtimeDependencies(): string[] {
  const names = new Set<string>();
  const visit = ({ dependencies = {} }: Listed): void => {
    for (const [name, entry] of Object.entries(dependencies)) {
      names.add(name);
      visit(entry);
    }
  };
  visit(JSON.parse(npm("ls", "--omit=dev", "--all", "--json")) as Listed);
  return [...names].sort();
}

const npm = (...options: string[]): string =>
  execFileSync("npm", options, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** A built module and all files of dist/ that it imports, directly or not; with those imported later if `lazy`. */
export function moduleClosure(entry: string, { lazy }: { readonly lazy: boolean }): string[] {
  const seen = new Set<string>();
  const open = [built(entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    open.push(...importsOf(tree).flatMap((found) => (found.file && (lazy || !found.lazy) ? [found.file] : [])));
  }
  return [...seen];
}
