/** Names found in files become keys, messages and file names: what could mislead any of these is refused. */
import { GradCamError } from "../errors.ts";

/** What fits into one HDF5 attribute. */
const LONGEST = 65_535;
const CONTROL = /\p{Cc}/u;
const SUSPICIOUS = /proto|constructor/;
const PROTOTYPE = new Set(["__proto__", "constructor", "prototype"]);

/** Throws E_NAME_INVALID for an empty or overlong name, control characters, "..", or a name that reaches a prototype. */
export function checkName(name: string, where: string): void {
  const problem = problemOf(name);
  if (problem) throw new GradCamError("E_NAME_INVALID", { where, got: problem });
}

function problemOf(name: string): string | undefined {
  if (name === "") return "an empty name";
  if (name.length > LONGEST) return `a name of ${name.length} characters (at most ${LONGEST})`;
  if (CONTROL.test(name)) return `control characters in ${JSON.stringify(name)}`;
  // Splitting is slow and hardly ever needed: a file has hundreds of names.
  if (name.includes("..") && name.split(/[/\\]/).includes("..")) return `a path that climbs: ${JSON.stringify(name)}`;
  if (SUSPICIOUS.test(name) && name.split(/[./\\]/).some((part) => PROTOTYPE.has(part))) {
    return `the reserved word in ${JSON.stringify(name)}`;
  }
  return undefined;
}
