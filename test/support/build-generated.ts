import { execFileSync } from "node:child_process";

/** Tests run against the core and the report's page as they are in assembly/ and src/report-page/ now. */
export default function buildGenerated(): void {
  for (const script of ["scripts/build-wasm.mjs", "scripts/build-report-page.mjs", "scripts/build-hdf5-workers.mjs"]) {
    execFileSync(process.execPath, [script], { stdio: "inherit" });
  }
}
