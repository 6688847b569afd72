/** The files of src/ as syntax trees, and what each of them imports. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

const SRC = new URL("../../src/", import.meta.url);

export interface Import {
  /** As written: "../errors.ts", "node:fs". */
  readonly specifier: string;
  /** For files of the package: the path, beginning as the path of the importing file does. */
  readonly file: string | undefined;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
  /** `import("…")`: loaded when the line is reached. */
  readonly lazy: boolean;
}

export interface SourceFile {
  /** From src/, with forward slashes. */
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every file of src/ except what the build generates: TypeScript, and the JavaScript that workers run. */
export function sourceFiles(): SourceFile[] {
  const paths = readdirSync(SRC, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return paths.filter((path) => /\.[tj]s$/.test(path) && !path.includes("generated/")).map(parse);
}

function parse(path: string): SourceFile {
  const tree = ts.createSourceFile(path, readFileSync(new URL(path, SRC), "utf8"), ts.ScriptTarget.Latest, true);
  return { path, tree, imports: importsOf(tree) };
}

/** What a module imports, in code and in types. */
export function importsOf(tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) {
      const relative = found.specifier.startsWith(".");
      const file = relative ? posix.join(posix.dirname(tree.fileName), found.specifier) : undefined;
      imports.push({ ...found, file });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return imports;
}

/** `import … from`, `export … from`, `import("…")` in code, and `import("…").Type` in types. */
function importOf(node: ts.Node): Omit<Import, "file"> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: bringsOnlyTypes(node.importClause), lazy: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, lazy: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return {
      specifier: specifier && ts.isStringLiteralLike(specifier) ? specifier.text : "(computed)",
      typeOnly: false,
      lazy: true,
    };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true, lazy: false };
  }
  return undefined;
}

/** `import type {…}` or `import { type A, type B }`. */
function bringsOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    !name && !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every((e) => e.isTypeOnly)
  );
}
