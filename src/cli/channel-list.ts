/** Lists of channels as people write them: "0-15", "3,7,40-43". */
import { Option } from "commander";
import { GradCamError } from "../errors.ts";

export const channelsFlag = (description: string): Option =>
  new Option("-c, --channels <list>", description).argParser(channelList);

/** More than any layer has: only guards against a typing error. */
const MAX_CHANNELS = 100_000;

function channelList(text: string): number[] {
  const channels = text.split(",").flatMap((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to && to < MAX_CHANNELS)) throw unreadable(text);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(channels)];
}

const unreadable = (text: string): GradCamError =>
  new GradCamError("E_OPTION", {
    where: "--channels",
    expected: 'numbers and ranges, such as "0-15" or "3,7,40-43"',
    got: `"${text}"`,
  });
