/** Written by scripts/update-tuning.mjs from what `gradcam bench --tune` measured: see there. */
import type { Tuning } from "./tuning.ts";

export const TUNING_TABLE: Tuning = {
  version: 1,
  builds: {
    relaxed: {
      "7x7x512>512": "direct",
      "14x14x256>256": "winograd",
      "14x14x512>512": "winograd",
      "28x28x128>128": "winograd",
      "28x28x256>512": "winograd",
      "28x28x512>512": "winograd",
      "56x56x64>64": "winograd",
      "56x56x128>256": "winograd",
      "56x56x256>256": "winograd",
      "112x112x64>128": "winograd",
      "112x112x128>128": "winograd",
      "224x224x3>64": "direct",
      "224x224x64>64": "winograd",
    },
    simd: {
      "7x7x512>512": "winograd",
      "14x14x256>256": "winograd",
      "14x14x512>512": "winograd",
      "28x28x128>128": "winograd",
      "28x28x256>512": "winograd",
      "28x28x512>512": "winograd",
      "56x56x64>64": "winograd",
      "56x56x128>256": "winograd",
      "56x56x256>256": "winograd",
      "112x112x64>128": "winograd",
      "112x112x128>128": "winograd",
      "224x224x3>64": "direct",
      "224x224x64>64": "winograd",
    },
  },
};
