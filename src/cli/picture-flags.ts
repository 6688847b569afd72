/** What every command over pictures takes: their names, and how many are worked on at once. */
import type { Command } from "commander";
import { numberFlag } from "./flags.ts";

export interface PictureFlags {
  readonly jobs: number;
}

/** A second picture is read while the first is computed; more gain nothing (docs/architecture.md). */
const DEFAULT_JOBS = 2;
const MAX_JOBS = 64;

export const addPictures = (command: Command): Command =>
  command.argument("<image...>", "picture files, folders, quoted patterns such as 'photos/**/*.jpg', or - for stdin");

export const addJobs = (command: Command): Command =>
  command.addOption(
    numberFlag("-j, --jobs <n>", "pictures held in memory at once", [1, MAX_JOBS], true).default(DEFAULT_JOBS),
  );
