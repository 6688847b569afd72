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

/** No spread of objects here and where calls are made: V8 takes microseconds for one, and a layer may take fifty. */
function byRows(team: Team, call: ConvRows): void {
  const { firstRow, lastRow } = call;
  const args = [
    call.geometry,
    call.x,
    call.channels,
    call.panels,
    call.columns,
    call.bias,
    call.residual,
    call.y,
    call.clamp[0],
    call.clamp[1],
    firstOf(1, firstRow),
    lastOf(1, firstRow),
    call.scratch,
  ] as const;
  team.run({ kernel: "convRows", args, units: lastRow - firstRow, cost: call.depth * call.columns, step: ROWS });
}

function byPanels(team: Team, call: ConvRows): void {
  const { firstRow, lastRow } = call;
  const args = [
    call.geometry,
    call.x,
    call.channels,
    along(call.panels, call.depth * PANEL * 4),
    countOf(PANEL),
    columnsOf(call.bias),
    columnsOf(call.residual),
    columnsOf(call.y),
    call.clamp[0],
    call.clamp[1],
    firstRow,
    lastRow,
    call.scratch,
  ] as const;
  const cost = (lastRow - firstRow) * call.depth * PANEL;
  team.run({ kernel: "convRows", args, units: call.columns / PANEL, cost, step: PANELS });
}

const columnsOf = (ptr: number): Argument => (ptr === 0 ? 0 : along(ptr, PANEL * 4));
