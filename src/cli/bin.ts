#!/usr/bin/env node
/** The `gradcam` command. */
import { processIo } from "./terminal/io.ts";
import { main } from "./main.ts";

process.exitCode = await main(process.argv.slice(2), processIo());
