import type { Explanation, Image } from "../../src/node.ts";
import type { PagePicture } from "../../src/report/page-data.ts";
import { pagePicture } from "../../src/report/page-picture.ts";

/** What a report's page is given of one explanation; the picture itself is left out. */
export const packPicture = (explanation: Explanation, image: Image): Promise<PagePicture> =>
  pagePicture({ name: "picture", image, explanations: [explanation] }, () =>
    Promise.resolve({ bytes: new Uint8Array(), type: "image/png" }),
  );
