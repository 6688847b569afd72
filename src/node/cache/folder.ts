/** Where downloads are kept: GRADCAM_CACHE, or this platform's place for what can be fetched again. */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { posix, win32 } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = "gradcam-wasm";

/** XDG_CACHE_HOME counts only if it is absolute, as its specification demands. */
export function cacheFolder(
  env: Environment = process.env,
  platform: string = process.platform,
  home = homedir(),
): string {
  const { GRADCAM_CACHE: chosen, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (chosen) return resolve(chosen);
  if (platform === "win32") return win32.join(local ?? win32.join(home, "AppData", "Local"), NAME, "Cache");
  if (platform === "darwin") return posix.join(home, "Library", "Caches", NAME);
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".cache"), NAME);
}
