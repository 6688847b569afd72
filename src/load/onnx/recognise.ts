/** Whether a file is an ONNX model: protocol buffers that begin with the version of the format (ModelProto.ir_version). */
import type { Head } from "../head.ts";

/** Of opset 7, the oldest that is read. A SavedModel begins with a 1. */
const OLDEST_VERSION = 3;

export const isOnnx = (head: Head): boolean => head.isProtobuf && head.at(1) >= OLDEST_VERSION && head.at(2) !== 0x1a;
