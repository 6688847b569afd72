import { execFileSync } from "node:child_process";

/** Tests run against the core and everything else that is generated as their sources are now. */
export default function buildGenerated(): void {
  for (const made of ["wasm", "report-page", "hdf5-workers", "registry"]) {
    execFileSync(process.execPath, [`scripts/build-${made}.mjs`], { stdio: "inherit" });
  }
}
