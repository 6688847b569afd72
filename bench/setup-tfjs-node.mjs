/**
 * Makes @tensorflow/tfjs-node run without its install script, which fetches the TensorFlow library and a compiled addon
 * from places of its own: the library comes from the PyPI wheel of the same version, the addon is compiled from the
 * sources in the package. Needs Python 3 with pip, g++ and nm.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** The library that tfjs-node 4.22 was made for, and the sum that pip checks. */
const TENSORFLOW = "2.9.1";
const WHEEL = "6666ddeae45e1f41da788cb4bdea3435aba16edb0bc17b7ac00631c7c9eb052e";
/** The newest Node-API that the package declares. */
const NAPI = 8;

/** In the wheel the C interface lies in the file made for Python. */
const LIBRARIES = ["libtensorflow_framework.so.2", "_pywrap_tensorflow_internal.so"];

const UNPACK = `
import os, sys, zipfile
wheel, to = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
wanted = tuple(sys.argv[3:])
headers = ("tensorflow/include/tensorflow/c/", "tensorflow/include/tensorflow/core/platform/ctstring")
for name in wheel.namelist():
    base = os.path.basename(name)
    if base in wanted: path = os.path.join(to, "lib", base)
    elif base and name.startswith(headers): path = os.path.join(to, name[len("tensorflow/"):])
    else: continue
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out: out.write(wheel.read(name))
`;

/** @param folder where npm installed the package @param run (program, options, cwd) → shows what it prints, throws if it fails */
export function buildTfjsNode(folder, run) {
  const home = join(folder, "node_modules/@tensorflow/tfjs-node");
  if (!existsSync(home)) throw new Error("@tensorflow/tfjs-node is not installed: npm comes first");
  const deps = join(home, "deps");
  if (!existsSync(join(deps, "lib", LIBRARIES[1]))) fetchLibrary(folder, deps, run);
  if (!existsSync(join(deps, "lib/libtensorflow.so.2"))) linkLibrary(join(deps, "lib"), run);
  compileAddon(home, join(folder, "node_modules/node-api-headers/include"), run);
  mendForNewNode(join(home, "dist/nodejs_kernel_backend.js"));
}

function fetchLibrary(folder, deps, run) {
  const temporary = mkdtempSync(join(folder, ".wheel-"));
  try {
    writeFileSync(join(temporary, "requirements.txt"), `tensorflow-cpu==${TENSORFLOW} --hash=sha256:${WHEEL}\n`);
    const target = ["--python-version", "3.10", "--platform", "manylinux2014_x86_64", "--only-binary=:all:"];
    const pip = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--require-hashes",
      "-r",
      "requirements.txt",
      "-d",
      ".",
    ];
    run("python3", [...pip, ...target], temporary);
    const wheel = readdirSync(temporary).find((name) => name.endsWith(".whl"));
    run("python3", ["-c", UNPACK, wheel, deps, ...LIBRARIES], temporary);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/**
 * libtensorflow.so.2: loads the library made for Python and defines, as an end of the process, the functions of the
 * interpreter that it names. Nothing behind the C interface calls them, but the loader wants them to be there.
 */
function linkLibrary(lib, run) {
  const symbols = execFileSync("nm", ["-D", "--undefined-only", LIBRARIES[1]], {
    cwd: lib,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const python = [...new Set(symbols.match(/\b_?Py\w+/g))];
  const stubs = python.map((name) => `void ${name}(void) __attribute__((alias("no_python")));`);
  writeFileSync(
    join(lib, "no_python.c"),
    ["#include <stdlib.h>", "void no_python(void) { abort(); }", ...stubs].join("\n"),
  );
  for (const name of ["libtensorflow_framework.so", "libtensorflow.so"]) {
    if (!existsSync(join(lib, name))) symlinkSync(`${name}.2`, join(lib, name));
  }
  const libraries = ["-Wl,--no-as-needed", "-L.", ...LIBRARIES.map((name) => `-l:${name}`), "-Wl,-rpath,$ORIGIN"];
  const source = ["-w", "-O1", "-shared", "-fPIC", "no_python.c", "-Wl,-soname,libtensorflow.so.2"];
  run("gcc", [...source, ...libraries, "-o", "libtensorflow.so.2"], lib);
}

function compileAddon(home, headers, run) {
  const to = `lib/napi-v${NAPI}`;
  if (existsSync(join(home, to, "tfjs_binding.node"))) return;
  mkdirSync(join(home, to), { recursive: true });
  const flags = [
    "-std=c++17",
    "-O2",
    "-w",
    "-shared",
    "-fPIC",
    "-fno-exceptions",
    "-fno-rtti",
    `-DNAPI_VERSION=${NAPI}`,
  ];
  const sources = ["-I.", "-Ideps/include", `-I${headers}`, "binding/tfjs_backend.cc", "binding/tfjs_binding.cc"];
  const libraries = ["-Wl,--no-as-needed", "-Ldeps/lib", "-ltensorflow", "-ltensorflow_framework"];
  const path = ["-Wl,-rpath,$ORIGIN/../../deps/lib"];
  run("g++", [...flags, ...sources, ...libraries, ...path, "-o", `${to}/tfjs_binding.node`], home);
}

/** Node 23 took a function away that the package still calls. */
function mendForNewNode(file) {
  const text = readFileSync(file, "utf8");
  const mended = text.replace(/\(0, util_1\.isNullOrUndefined\)\((\w+)\)/g, "($1 == null)");
  if (mended !== text) writeFileSync(file, mended);
}
