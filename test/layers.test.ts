/** The house has floors: a file knows its own floor and those below it. docs/architecture.md tells why. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type SourceFile, sourceFiles } from "./support/source-files.ts";

/** From the ground up; a name is a file or a folder of src/. */
const FLOORS: readonly (readonly string[])[] = [
  ["errors", "given", "shape", "version", "once"],
  ["wasm", "image", "labels", "tensor", "score", "random"],
  ["ops", "target"],
  ["graph"],
  ["zoo", "load"],
  ["registry"],
  ["download"],
  [
    "session",
    "model-facts",
    "file-layout",
    "model-input",
    "boundary",
    "file-hash",
    "model-parts",
    "forward-pass",
    "seed",
    "series",
    "heads",
    "answers",
    "others",
    "objective",
  ],
  ["model"],
  ["cam", "attribute"],
  ["metrics"],
  ["methods", "method-options", "augment"],
  ["probe"],
  [
    "prepare",
    "classify",
    "explanation",
    "fuse",
    "compat-pipelines",
    "pipeline",
    "report",
    "question",
    "draft",
    "make-maps",
    "see",
    "explain",
  ],
  ["evaluate", "trial"],
  ["load-model", "convert-model"],
  ["api", "index"],
  ["report-page", "node", "browser", "node-worker", "browser-worker", "node-hdf5-worker", "browser-hdf5-worker"],
  ["cli"],
];

/** Rooms that may know less than their floor allows. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  image: ["image", "errors", "given", "shape"],
  labels: ["errors"],
  tensor: ["errors", "shape"],
  score: ["errors"],
  // Bytes in, Graph (and the name of its preprocessing) out: whoever reads files never sees memory or kernels.
  zoo: ["zoo", "load", "graph", "image", "errors", "shape"],
  load: ["load", "zoo", "graph", "image", "errors", "shape", "once"],
  registry: ["registry", "zoo", "image", "errors"],
  // Fills a draft by requests that a platform sends: neither knows files nor the network.
  download: ["download", "registry", "errors"],
  // Runs in a file of its own, without the rest of the package.
  "report-page": ["report-page", "report"],
  cam: ["cam", "model", "image", "random", "score", "errors", "shape"],
  attribute: ["attribute", "cam", "model", "image", "random", "errors", "shape"],
  // A metric sees a network through its trial only.
  metrics: ["metrics", "cam", "image", "random", "errors", "shape"],
};

/** Packages, Node modules and globals that tie a file to a platform or a dependency, and who may use them. */
const EDGES: readonly { readonly names: RegExp; readonly rooms: readonly string[] }[] = [
  { names: /^(sharp|node:.*)$/, rooms: ["node", "node-worker", "node-hdf5-worker", "cli"] },
  { names: /^commander$/, rooms: ["cli"] },
  { names: /^@bufbuild\/protobuf\/wire$/, rooms: ["load"] },
  { names: /^(h5wasm|@zip\.js\/)/, rooms: ["load", "node-hdf5-worker", "browser-hdf5-worker"] },
  { names: /^@assemblyscript\/loader$/, rooms: ["wasm"] },
];

const PLATFORM_GLOBALS: Readonly<Record<string, readonly string[]>> = {
  process: ["node", "cli"],
  Buffer: ["node", "cli"],
  console: [],
  fetch: ["browser", "node"],
  document: ["browser", "report-page"],
  window: ["browser"],
  navigator: ["browser"],
  location: ["browser"],
  ImageData: ["browser", "report-page"],
  OffscreenCanvas: ["browser"],
  createImageBitmap: ["browser"],
  eval: [],
  Function: [],
};

/** Programs and workers: files that are there to run. */
const ENTRIES: readonly string[] = [
  "report-page/main.ts",
  "cli/bin.ts",
  "node-worker.js",
  "browser-worker.js",
  "node-hdf5-worker.ts",
  "browser-hdf5-worker.ts",
];

const files = sourceFiles();
const roomOf = (path: string): string => path.replace(/\.[tj]s$/, "").split("/")[0]!;
const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room));

describe("the floors of src/", () => {
  it("give every file a place", () => {
    expect(files.filter(({ path }) => floorOf(roomOf(path)) < 0).map(({ path }) => path)).toEqual([]);
  });

  it("import only their own floor and those below", () => {
    const upward = edges().filter(({ from, to }) => floorOf(to) > floorOf(from) || !(ONLY[from]?.includes(to) ?? true));
    expect(upward.map(({ text }) => text)).toEqual([]);
  });

  it("let methods see the model as types only", () => {
    const methods = ["cam", "attribute"];
    const values = edges().filter(({ from, to, typeOnly }) => methods.includes(from) && to === "model" && !typeOnly);
    expect(values.map(({ text }) => text)).toEqual([]);
  });

  it("keep the file system, sharp and other packages at the edges", () => {
    const outside = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ file, specifier }) => !file && !allowed(specifier, roomOf(path)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(outside).toEqual([]);
  });

  it("keep platform globals at the edges and never call eval", () => {
    expect(files.flatMap(misusedGlobals)).toEqual([]);
  });
});

describe("the modules of src/", () => {
  it("hold no state and do nothing at import", () => {
    const busy = files.filter(({ path }) => !ENTRIES.includes(path)).flatMap(topLevelEffects);
    expect(busy).toEqual([]);
  });

  it("have no default exports", () => {
    const defaults = files.filter(({ tree }) => tree.statements.some((s) => ts.isExportAssignment(s)));
    expect(defaults.map(({ path }) => path)).toEqual([]);
  });
});

function edges() {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ file, typeOnly }) =>
      file ? [{ from: roomOf(path), to: roomOf(file), typeOnly, text: `${path} imports ${file}` }] : [],
    ),
  );
}

const allowed = (specifier: string, room: string): boolean =>
  EDGES.some(({ names, rooms }) => names.test(specifier) && rooms.includes(room));

/** Platform globals that a file reads and does not declare itself. */
function misusedGlobals({ path, tree }: SourceFile): string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && Object.hasOwn(PLATFORM_GLOBALS, node.text)) {
      if (isName(node)) declared.add(node.text);
      else if (!ts.isPropertyAccessExpression(node.parent) || node.parent.expression === node) used.add(node.text);
    }
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(tree);
  const misused = [...used].filter((name) => !declared.has(name) && !PLATFORM_GLOBALS[name]!.includes(roomOf(path)));
  return misused.map((name) => `${path} uses ${name}`);
}

/** Whether an identifier is where something gets this name. */
const isName = ({ parent }: ts.Identifier): boolean =>
  ts.isParameter(parent) ||
  ts.isVariableDeclaration(parent) ||
  ts.isBindingElement(parent) ||
  ts.isPropertyAssignment(parent) ||
  ts.isPropertySignature(parent) ||
  ts.isInterfaceDeclaration(parent) ||
  ts.isImportSpecifier(parent);

/** Statements outside of functions that run something or can change: anything but declarations of constants. */
function topLevelEffects({ path, tree }: SourceFile): string[] {
  return tree.statements.flatMap((statement) => {
    const line = `${path}:${String(tree.getLineAndCharacterOfPosition(statement.getStart()).line + 1)}`;
    if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      const constant = (declarationList.flags & ts.NodeFlags.Const) !== 0;
      return constant && !declarationList.declarations.some(isMutableContainer) ? [] : [`${line} holds state`];
    }
    const runs = ts.isExpressionStatement(statement) || ts.isIfStatement(statement) || ts.isForOfStatement(statement);
    return runs ? [`${line} runs at import`] : [];
  });
}

/** `new Map()` and the like with nothing in it: it is there to be filled. */
function isMutableContainer({ initializer }: ts.VariableDeclaration): boolean {
  if (!initializer || !ts.isNewExpression(initializer)) return false;
  const container = ["Map", "Set", "WeakMap", "WeakSet", "Array"].includes(initializer.expression.getText());
  return container && (initializer.arguments ?? []).length === 0;
}
