import { expect, it } from "vitest";
import { trainerEnvironment } from "../../services/worker/trainer-environment.ts";

it("a trainer's own program finds programs and files, and no key", () => {
  const own = {
    ...{ PATH: "/bin", HOME: "/home/ana", CUDA_VISIBLE_DEVICES: "1", LANG: undefined },
    ...{ COMMONWEIGHT_PRIVATE_KEY: "secret", COMMONWEIGHT_PASSWORD: "secret", PYTHONPATH: "/x" },
  };

  expect(trainerEnvironment(own)).toEqual({
    ...{ PATH: "/bin", HOME: "/home/ana", CUDA_VISIBLE_DEVICES: "1" },
  });
});
