/**
 * Files that are not ours to load: each is recognised by its first bytes and answered with what to do about it.
 * Signatures: the formats' own specifications; PyTorch's zip holds `<name>/data.pkl`, its older form pickles a magic number.
 */
import { type ErrorCode, GradCamError } from "../errors.ts";
import { A_MODEL, type Head } from "./head.ts";

interface ForeignKind {
  /** What the file seems to be. */
  readonly kind: string;
  readonly code: ErrorCode;
  readonly hint: string;
  matches(head: Head): boolean;
}

const TO_SAFETENSORS =
  'convert it to safetensors: safetensors.torch.save_file(model.state_dict(), "model.safetensors")';
const IMAGE_HINT = "give the file with the weights; pictures are what a model is asked about";

/** The name in the first header of a zip: 30 bytes, the length of the name in the 27th and 28th of them, and the name. */
const firstMember = (head: Head): string => head.latin1.slice(30, 30 + head.at(26) + 256 * head.at(27));

const FOREIGN: readonly ForeignKind[] = [
  {
    kind: "a Git-LFS pointer",
    code: "E_LFS_POINTER",
    hint: 'run "git lfs pull" to fetch the file it stands for',
    matches: (head) => head.text.startsWith("version https://git-lfs.github.com/spec/"),
  },
  {
    kind: "an HTML or XML page",
    code: "E_NOT_A_MODEL",
    hint: "looks like the answer of a web server: check the URL it was downloaded from",
    matches: (head) => /^\s*<(!doctype|html|head|body|\?xml|error)\b/i.test(head.text),
  },
  {
    kind: "a PyTorch checkpoint (a pickle in a zip)",
    code: "E_UNSUPPORTED_FORMAT",
    hint: `pickles can run code and are never loaded; ${TO_SAFETENSORS}`,
    matches: (head) => head.isZip && /\/data\.pkl|constants\.pkl/.test(head.latin1),
  },
  {
    kind: "a pickle (an old PyTorch checkpoint?)",
    code: "E_UNSUPPORTED_FORMAT",
    hint: `pickles can run code and are never loaded; ${TO_SAFETENSORS}`,
    matches: (head) => head.at(0) === 0x80 && head.at(1) >= 2 && head.at(1) <= 5 && head.at(2) >= 0x28,
  },
  {
    kind: "a NumPy archive",
    code: "E_UNSUPPORTED_FORMAT",
    hint: 'save the tensors as safetensors: safetensors.numpy.save_file(dict(np.load(path)), "model.safetensors")',
    matches: (head) => head.starts("\x93NUMPY") || (head.isZip && firstMember(head).endsWith(".npy")),
  },
  {
    kind: "a gzip archive",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "unpack it and give the file inside",
    matches: (head) => head.starts("\x1f\x8b"),
  },
  {
    kind: "a TensorFlow Lite model",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "give the Keras .h5 or the safetensors weights it was converted from",
    matches: (head) => head.latin1.slice(4, 8) === "TFL3",
  },
  {
    kind: "a GGUF model",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "language models have no feature maps to explain",
    matches: (head) => head.starts("GGUF"),
  },
  {
    kind: "a picture",
    code: "E_NOT_A_MODEL",
    hint: IMAGE_HINT,
    matches: (head) =>
      ["\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF", "BM", "II*\0", "MM\0*"].some((magic) => head.starts(magic)),
  },
  {
    kind: "a PDF",
    code: "E_NOT_A_MODEL",
    hint: IMAGE_HINT,
    matches: (head) => head.starts("%PDF"),
  },
  {
    kind: "a WebAssembly module",
    code: "E_NOT_A_MODEL",
    hint: "a compiled core goes into the option engine.module",
    matches: (head) => head.starts("\0asm"),
  },
  {
    kind: "a TensorFlow SavedModel or frozen graph",
    code: "E_UNSUPPORTED_FORMAT",
    hint: 'load it in Python and save its weights: model.save_weights("weights.h5") with Keras 2',
    matches: (head) => head.isProtobuf && /\.pb$/i.test(head.name),
  },
  {
    kind: "protocol buffers that are no ONNX model of opset 7 or later",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "export the network again, as ONNX, or give its weights as Keras .h5 or safetensors",
    matches: (head) => head.isProtobuf,
  },
  {
    kind: "the index of a model in several files",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "of indices of shards, those of safetensors files are read; save the model as one file",
    matches: (head) => head.isJson && head.text.includes('"weight_map"'),
  },
  {
    kind: "a Keras architecture without weights",
    code: "E_UNSUPPORTED_FORMAT",
    hint: "give the file with the weights",
    matches: (head) => head.isJson && head.text.includes('"class_name"'),
  },
  {
    kind: "JSON text",
    code: "E_NOT_A_MODEL",
    hint: "give the file with the weights",
    matches: (head) => head.isJson,
  },
  {
    kind: "text",
    code: "E_NOT_A_MODEL",
    hint: "is it the right path?",
    matches: (head) => head.isText,
  },
];

/** Throws the error that says what the file is, if it is a known stranger. */
export function refuseStrangers(head: Head): void {
  const found = FOREIGN.find((kind) => kind.matches(head));
  if (!found) return;
  const start = found.kind === "text" ? `: ${JSON.stringify(head.text.slice(0, 40))}…` : "";
  throw new GradCamError(found.code, {
    where: head.name,
    expected: A_MODEL,
    got: `${found.kind}${start}`,
    hint: found.hint,
  });
}
