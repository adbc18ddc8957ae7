pragma circom 2.1.9;

include "circomlib/circuits/comparators.circom";
include "./Comparison.circom";
include "./GramIndex.circom";
include "./StaleCopy.circom";

// The tests that every rule begins with.
// verdict: 0 inactive, 2 above the absolute norm bound, 3 duplicate of an earlier slot, 4 too large, 5 too small, 6 against the
// reference, 7 stale copy of the last aggregate, 1 none of these; the first that applies.
// Preconditions: signs and ranges from `GramRanges`; normBoundSquared < 2^54.
// Twin: `survivorVerdict` in services/protocol/rule/survivors.ts.
template SurvivorFilter(slots) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    signal input isActive[slots];
    signal input normBoundSquared;
    signal input isForward[trainers];
    signal input isAlongLast[trainers];
    signal input hasLast;
    signal output verdict[trainers];
    signal output isSurvivor[trainers];
    // floor(1024 cos^2) towards the last aggregate, 0 for updates that point away from it.
    signal output copied[trainers];

    var reference = gramIndex(0, 0, slots);
    var last = gramIndex(2, 2, slots);

    // Without an aggregate, or with the zero vector, there is nothing to repeat.
    signal hasAggregate <== isActive[2] * hasLast;

    component isAbove[trainers];
    component isTooLarge[trainers];
    component isTooSmall[trainers];
    component isCopied[trainers];
    component stale[trainers];
    component isAccepted[trainers];
    signal distanceProduct[trainers][trainers];
    signal afterForward[trainers];
    signal afterSmall[trainers];
    signal afterLarge[trainers];
    signal afterDuplicate[trainers];
    signal afterAbove[trainers];

    for (var t = 0; t < trainers; t++) {
        var slot = t + 3;
        var norm = gramIndex(slot, slot, slots);

        isAbove[t] = IsLess(55);
        isAbove[t].a <== normBoundSquared;
        isAbove[t].b <== gram[norm];

        // A distance of zero is the same vector; a product is zero exactly when a factor is. An inactive slot has the zero vector, which
        // is nobody's to copy: 2^60 keeps its distance, at most 2^54, away from zero.
        for (var earlier = 0; earlier < t; earlier++) {
            var distance = gram[norm] + gram[gramIndex(earlier + 3, earlier + 3, slots)]
                - 2 * gram[gramIndex(earlier + 3, slot, slots)] + (1 - isActive[earlier + 3]) * (1 << 60);
            if (earlier == 0) {
                distanceProduct[t][earlier] <== distance;
            } else {
                distanceProduct[t][earlier] <== distanceProduct[t][earlier - 1] * distance;
            }
        }
        isCopied[t] = IsZero();
        if (t == 0) {
            isCopied[t].in <== 1;
        } else {
            isCopied[t].in <== distanceProduct[t][t - 1];
        }

        // Norm band |r| / 11.3 .. 2.83 |r|, squared: outside it an update is a boost or a free rider.
        isTooLarge[t] = IsLess(58);
        isTooLarge[t].a <== 8 * gram[reference];
        isTooLarge[t].b <== gram[norm];
        isTooSmall[t] = IsLess(62);
        isTooSmall[t].a <== 128 * gram[norm];
        isTooSmall[t].b <== gram[reference];

        stale[t] = StaleCopy();
        stale[t].isAlong <== hasAggregate * isAlongLast[t];
        stale[t].along <== gram[gramIndex(2, slot, slots)];
        stale[t].norm <== gram[norm];
        stale[t].lastNorm <== gram[last];
        copied[t] <== stale[t].copied;

        // From the last test to the first, each overriding what comes after it. isCopied: some distance was zero.
        afterForward[t] <== 6 + isForward[t] * (6 * stale[t].isStale - 5);
        afterSmall[t] <== afterForward[t] + isTooSmall[t].out * (5 - afterForward[t]);
        afterLarge[t] <== afterSmall[t] + isTooLarge[t].out * (4 - afterSmall[t]);
        afterDuplicate[t] <== afterLarge[t] + isCopied[t].out * (3 - afterLarge[t]);
        afterAbove[t] <== afterDuplicate[t] + isAbove[t].out * (2 - afterDuplicate[t]);
        verdict[t] <== isActive[slot] * afterAbove[t];

        isAccepted[t] = IsZero();
        isAccepted[t].in <== verdict[t] - 1;
        isSurvivor[t] <== isAccepted[t].out;
    }
}
