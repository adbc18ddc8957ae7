import { answerModel } from "./answer-model.ts";
import type { ModelRequest } from "./model-messages.ts";

addEventListener("message", async ({ data }: MessageEvent<ModelRequest>) => {
  postMessage(await answerModel(data));
});
