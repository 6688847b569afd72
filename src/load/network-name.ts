/** What a network without a name of its own is called: its file, without folders and extension; a model.json after its folder. */
export function networkName(file: string): string {
  const parts = file.split(/[/\\]/).filter(Boolean);
  const last = parts.at(-1) === "model.json" && parts.length > 1 ? parts.at(-2)! : (parts.at(-1) ?? file);
  return last.replace(/(?<=.)\.(onnx|json|zip)$/i, "");
}
