import { referenceStepsFor } from "../../services/learning/training/reference-steps.ts";
import type { MeasuredUpdates } from "../../services/owner/design/measure-updates.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";

/** A manifest with what was measured in place of what was assumed. The form arrives at the same when it takes the numbers over. */
export function designedManifest(
  manifest: Manifest,
  { samplesEach }: { readonly samplesEach: number },
  { training, calibration }: MeasuredUpdates,
): Manifest {
  const { fractionBits, ditherBits, clipNorm } = calibration;
  return {
    ...manifest,
    training,
    fixedPoint: { fractionBits, ditherBits, clipNorm: Number(clipNorm.toPrecision(3)) },
    evaluation: {
      ...manifest.evaluation,
      referenceSteps: referenceStepsFor(training, samplesEach),
    },
  };
}
