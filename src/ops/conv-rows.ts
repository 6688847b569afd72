/** The kernel convRows on all threads: split by rows of y or, where those are few, by panels of the weights. */
import { along, type Argument, countOf, firstOf, lastOf } from "../wasm/job.ts";
import type { Team } from "../wasm/team.ts";

/** The kernel's operands for some columns of one group: assembly/conv/direct.ts. */
export interface ConvRows {
  readonly geometry: number;
  readonly x: number;
  readonly channels: number;
  /** kH·kW·channels */
  readonly depth: number;
  readonly panels: number;
  readonly columns: number;
  readonly bias: number;
  readonly residual: number;
  readonly y: number;
  readonly clamp: readonly [low: number, high: number];
  readonly firstRow: number;
  readonly lastRow: number;
  readonly scratch: Argument;
}

/** Columns of a panel. */
const PANEL = 8;
/** A register tile has four rows, or six, and two panels in a turbo build. */
const ROWS = 4;
const PANELS = 2;
/** With fewer rows for each thread, threads share the panels instead: reading those is what takes time then. */
const ROWS_PER_THREAD = 64;

export function runConvRows(team: Team, call: ConvRows): void {
  const few = call.lastRow - call.firstRow < ROWS_PER_THREAD * team.threads;
  if (few && call.columns % PANEL === 0) byPanels(team, call);
  else byRows(team, call);
}

function byRows(team: Team, { bias, residual, y, clamp, firstRow, lastRow, scratch, ...call }: ConvRows): void {
  const operands = [call.geometry, call.x, call.channels, call.panels, call.columns, bias, residual, y] as const;
  const args = [...operands, ...clamp, firstOf(1, firstRow), lastOf(1, firstRow), scratch] as const;
  team.run({ kernel: "convRows", args, units: lastRow - firstRow, cost: call.depth * call.columns, step: ROWS });
}

function byPanels(team: Team, { bias, residual, y, clamp, firstRow, lastRow, scratch, ...call }: ConvRows): void {
  const columnsOf = (ptr: number): Argument => (ptr === 0 ? 0 : along(ptr, PANEL * 4));
  const weights = [along(call.panels, call.depth * PANEL * 4), countOf(PANEL)] as const;
  const added = [columnsOf(bias), columnsOf(residual), columnsOf(y)] as const;
  const args = [
    call.geometry,
    call.x,
    call.channels,
    ...weights,
    ...added,
    ...clamp,
    firstRow,
    lastRow,
    scratch,
  ] as const;
  const cost = (lastRow - firstRow) * call.depth * PANEL;
  team.run({ kernel: "convRows", args, units: call.columns / PANEL, cost, step: PANELS });
}
