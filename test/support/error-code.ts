import { GradCamError } from "../../src/errors.ts";

/** The code of the error that `action` throws or rejects with; "none" when it succeeds. Other errors pass through. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return "none";
  } catch (error) {
    if (error instanceof GradCamError) return error.code;
    throw error;
  }
}
