import { execFileSync } from "node:child_process";

/** Tests run against the core as it is in assembly/ now. */
export default function buildWasm(): void {
  execFileSync(process.execPath, ["scripts/build-wasm.mjs"], { stdio: "inherit" });
}
