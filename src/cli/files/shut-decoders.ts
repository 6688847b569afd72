/**
 * Leaves sharp the decoders that pictures of the command line need. The switch is process-wide: this process is the command's own, while
 * the library leaves it to the program around it.
 */
const NEEDED = ["Jpeg", "Png", "Webp", "Heif", "Nsgif"];

/** Without sharp there is nothing to shut: who needs it says that it is missing. */
export async function shutDecoders(): Promise<void> {
  const sharp = await import("sharp").catch(() => undefined);
  sharp?.default.block({ operation: ["VipsForeignLoad"] });
  sharp?.default.unblock({ operation: NEEDED.map((name) => `VipsForeignLoad${name}`) });
}
