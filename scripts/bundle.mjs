/**
 * Bundles src/ into few files in dist/: a process that starts spends half a millisecond on every module it imports.
 * Entries keep their names; what they share lies in image.js (pictures, errors: all that the command needs for its help) and
 * core.js, what workers share with them in serve.js, what only reports need in page.js, what only ShapleyCAM needs in second-order.js, what
 * only pictures of filters need in canvas.js; what is imported when it is needed, such as the builds of the core, other architectures than
 * the embedded one (format-zoo.js), the readers of formats that describe their own network (format-*.js), the operators that only these need
 * (format-operators.js) and what such networks are held against (format-limits.js), stays apart.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";

const src = fileURLToPath(new URL("../src", import.meta.url));
const ENTRIES = ["index.ts", "node.ts", "browser.ts", "cli/bin.ts", "node-worker.js", "browser-worker.js"];
const IMAGE = /^image\/|^report\/json\.ts$|^(errors|shape|version|cam\/normalize)\.ts$/;
const APART = /^(cli|wasm\/generated)\/|^(node|browser)\b/;

const PAGE = /^report\/(?!json)/;
/**
 * A format's folder under load/, all but what recognises it; what several of them share: zip archives, guesses of preprocessing;
 * int8 weights; and what files of no format look like.
 */
const FORMAT = /^load\/(\w+)\/(?!recognise\.)|^load\/(zip|hdf5|keras|foreign|int8)\b/;
/** Names of models, which the command needs without the rest of the core; and what only downloads need. */
const REGISTRY = /^registry\/|^zoo\/architecture-names\.ts$/;
const CACHE = /^node\/cache\/(?!locate)/;
const DOWNLOAD = /^download\//;
/** Architectures beside the embedded one, and their names in other frameworks: loaded with the first file that needs them. */
const ZOO =
  /^zoo\/(index|filters|strided-padding|resnet.*|vgg|densenet|inception-v3|xception|mobilenet.*|efficientnet(-block|-v2)?|squeezenet|googlenet)\.ts$|^zoo\/names\/(?!naming|torch|by-position|efficientnet-pytorch)/;
/** Operators that only networks from files have. */
const OPERATORS = /^ops\/files\/|^graph\/file-builder\.ts$/;
/** What networks from files are held against. */
const LIMITS = /^ops\/work\.ts$|^graph\/check-pass\.ts$|^load\/check-limits\.ts$/;
/** Tangents and what is made of them: one method's. */
const SECOND_ORDER = /^(ops|graph)\/tangent\/|^probe\/curvature/;
/** Pictures of filters: one command's. */
const CANVAS = /^see\/canvas\.ts$/;
const FORMATS = ["foreign", "guess", "hdf5", "hub", "int8", "keras", "onnx", "portable", "tfjs", "zip"];

const inside = (id) => id?.startsWith(src) && id.slice(src.length + 1).replaceAll("\\", "/");
const formatOf = (id) => {
  const [, folder, file] = FORMAT.exec(inside(id)) ?? [];
  return folder ?? file;
};
const groups = [
  { name: "serve", priority: 3, test: (id) => /^wasm\/(serve|control)\.js$/.test(inside(id)) },
  // Before downloads and the cache, which would take along what they import and every process needs.
  { name: "image", priority: 4, test: (id) => IMAGE.test(inside(id)) },
  { name: "replace-file", priority: 4, test: (id) => inside(id) === "node/replace-file.ts" },
  { name: "registry", priority: 2, test: (id) => REGISTRY.test(inside(id)) },
  { name: "cache", priority: 2, test: (id) => CACHE.test(inside(id)) },
  { name: "download", priority: 3, test: (id) => DOWNLOAD.test(inside(id)) },
  {
    name: "core",
    priority: 1,
    test: (id) =>
      inside(id) &&
      ![APART, PAGE, FORMAT, ZOO, OPERATORS, SECOND_ORDER, CANVAS, LIMITS].some((apart) => apart.test(inside(id))),
  },
  { name: "format-operators", test: (id) => OPERATORS.test(inside(id)) },
  { name: "second-order", test: (id) => SECOND_ORDER.test(inside(id)) },
  { name: "canvas", test: (id) => CANVAS.test(inside(id)) },
  { name: "format-limits", test: (id) => LIMITS.test(inside(id)) },
  { name: "format-zoo", test: (id) => ZOO.test(inside(id)) },
  // After the core: a group takes along what its modules import, if no other has it.
  ...FORMATS.map((name) => ({ name: `format-${name}`, test: (id) => formatOf(id) === name })),
  { name: "page", test: (id) => PAGE.test(inside(id)) },
];

/** Node shows the line that threw above every error that nobody catches: one declaration, not the whole file. */
const lines = {
  name: "lines",
  generateBundle(_options, files) {
    for (const file of Object.values(files)) if (file.type === "chunk") file.code = inLines(file.code);
  },
};

/** Statements, and members of classes, each on a line of its own. */
function inLines(code) {
  const statements = parseAst(code).body;
  const classes = statements.flatMap(({ type, declarations = [], ...self }) => [
    ...(type === "ClassDeclaration" ? [self] : []),
    ...declarations.map(({ init }) => init).filter((init) => init?.type === "ClassExpression"),
  ]);
  const starts = [...statements, ...classes.flatMap(({ body }) => body.body)].map(({ start }) => start);
  const cuts = [0, ...starts.sort((a, b) => a - b), code.length];
  return cuts
    .slice(1)
    .map((end, i) => code.slice(cuts[i], end))
    .filter((line) => line !== "")
    .join("\n");
}

const bundle = await rolldown({
  plugins: [lines],
  input: Object.fromEntries(ENTRIES.map((name) => [name.replace(/\..*/, ""), join(src, name)])),
  platform: "neutral",
  external: (id) => !/^[./]|^[a-z]:\\/i.test(id),
});
await bundle.write({
  dir: join(src, "../dist"),
  chunkFileNames({ facadeModuleId, moduleIds }) {
    const [, folder] = APART.exec(inside(facadeModuleId ?? moduleIds[0])) ?? [];
    return folder ? `${folder}/[name].js` : "[name].js";
  },
  codeSplitting: { groups },
  // A quarter of the code once gzipped; the declarations keep them, where editors look.
  comments: { jsdoc: false },
  // Functions and classes keep their names, so that traces can be read; variables, blanks and lines do not.
  minify: { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true }, codegen: true },
});
await bundle.close();
