/** What does the network see? */
import type { ImageLike } from "./image/image.ts";
import type { Model } from "./model.ts";
import { prepareInput } from "./prepare.ts";
import { probabilitiesOf } from "./score.ts";
import { type Prediction, rank } from "./target.ts";
import type { HostTensor } from "./tensor.ts";

/** The `top` (default 5) most probable classes, best first. Throws E_INPUT_SHAPE, E_DISPOSED. */
export async function classify(
  model: Model,
  image: ImageLike | HostTensor,
  { top = 5, signal }: { top?: number; signal?: AbortSignal } = {},
): Promise<Prediction[]> {
  const { tensor } = prepareInput(model, image);
  return model.ask(
    tensor,
    [],
    (answers) => {
      const logits = answers.logits.subarray(0, model.classes);
      return rank(logits, model.labels, top, probabilitiesOf(logits, model.link));
    },
    { signal },
  );
}
