/** Lint rules: everything typescript-eslint knows with types, minus what contradicts the house style. */
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Globals that Node and browsers share, for plain JavaScript files; TypeScript checks its own. */
const SHARED_GLOBALS = [
  "URL",
  "WebAssembly",
  "console",
  "performance",
  "process",
  "fetch",
  "TextDecoder",
  "TextEncoder",
];

export default defineConfig(
  // AssemblyScript has syntax and types of its own: `tsc -p assembly` and the compiler check it.
  globalIgnores([
    "assembly/",
    "bench/assembly/",
    "build/",
    "dist/",
    "src/wasm/generated/",
    "src/report/generated/",
    "src/registry/generated/",
    "src/generated/",
    "gradcam-output/",
    "bench/contenders/.venv/",
  ]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // noUncheckedIndexedAccess makes every x[i] possibly undefined; inside of a checked range `!` says so.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Numbers and booleans print unambiguously.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // `void f()` and arrow functions that return void are used as expressions on purpose.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // tsc's noPropertyAccessFromIndexSignature wants brackets there.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // `top-${number}` | string: the union documents what is special among strings.
      "@typescript-eslint/no-redundant-type-constituents": "off",
      // `_` marks a parameter that an interface demands and this implementation does not need.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["test/**", "bench/**"],
    // `readJson<Index>(path)` says what a file of our own holds: a cast with a better place.
    rules: { "@typescript-eslint/no-unnecessary-type-parameters": "off" },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: Object.fromEntries(SHARED_GLOBALS.map((name) => [name, "readonly"])) },
  },
  { files: ["test/browser/*.mjs"], languageOptions: { globals: { document: "readonly", setTimeout: "readonly" } } },
);
