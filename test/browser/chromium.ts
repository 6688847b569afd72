/** The Chromium of this machine, driven by playwright-core, which brings none of its own. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launchChromium(): Promise<Browser> {
  const executablePath = [process.env["CHROMIUM"], ...PLACES].find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error(`no Chromium at ${PLACES.join(", ")}: apt-get install chromium, or set CHROMIUM to its path`);
  }
  // Containers run as root, where Chromium's sandbox cannot start.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
