pragma circom 2.1.9;

include "circomlib/circuits/comparators.circom";
include "./Comparison.circom";
include "./GramIndex.circom";

// The tests that every rule begins with. Ranges of the entries are checked by `GramHash`.
// verdict: 0 inactive, 2 above the absolute norm bound, 3 duplicate of an earlier slot, 4 too large, 5 too small, 6 against the
// reference, 7 stale copy of the last aggregate, 1 none of these; the first that applies.
// Twin: `survivorVerdict` in services/protocol/survivors.ts.
template SurvivorFilter(slots) {
    var trainers = slots - 3;

    signal input gram[gramLength(slots)];
    signal input isActive[slots];
    signal input normBoundSquared;
    signal output verdict[trainers];
    signal output isSurvivor[trainers];
    // Whether there is a last aggregate that is not the zero vector.
    signal output hasLastAggregate;
    // Whether the update points along it.
    signal output isAlong[trainers];

    var reference = gramIndex(0, 0, slots);
    var lastNorm = gramIndex(2, 2, slots);

    component hasLength = IsPositive(75);
    hasLength.in <== gram[lastNorm];
    hasLastAggregate <== isActive[2] * hasLength.out;

    component isAbove[trainers];
    component isTooLarge[trainers];
    component isTooSmall[trainers];
    component isForward[trainers];
    component isAlongLast[trainers];
    component isBeyond[trainers];
    component isEqual[trainers][trainers];
    component isUnique[trainers];
    signal duplicates[trainers][trainers];
    signal square[trainers];
    signal normProduct[trainers];
    signal alongBeyond[trainers];
    signal isStale[trainers];
    signal afterStale[trainers];
    signal afterForward[trainers];
    signal afterSmall[trainers];
    signal afterLarge[trainers];
    signal afterDuplicate[trainers];
    signal afterAbove[trainers];
    component isAccepted[trainers];

    for (var t = 0; t < trainers; t++) {
        var slot = t + 3;
        var norm = gramIndex(slot, slot, slots);

        isAbove[t] = IsLess(55);
        isAbove[t].a <== normBoundSquared + (1 << 54);
        isAbove[t].b <== gram[norm] + (1 << 54);

        // Distance zero is the same vector. Not compared with inactive slots, whose entries are zero.
        var copies = 0;
        for (var earlier = 0; earlier < t; earlier++) {
            isEqual[t][earlier] = IsZero();
            isEqual[t][earlier].in <== gram[norm] + gram[gramIndex(earlier + 3, earlier + 3, slots)]
                - 2 * gram[gramIndex(earlier + 3, slot, slots)];
            duplicates[t][earlier] <== isEqual[t][earlier].out * isActive[earlier + 3];
            copies += duplicates[t][earlier];
        }
        isUnique[t] = IsZero();
        isUnique[t].in <== copies;

        // Norm band |r| / 11.3 .. 2.83 |r|, squared: outside it an update is a boost or a free rider.
        isTooLarge[t] = IsLess(58);
        isTooLarge[t].a <== 8 * gram[reference] + (1 << 57);
        isTooLarge[t].b <== gram[norm] + (1 << 57);
        isTooSmall[t] = IsLess(62);
        isTooSmall[t].a <== 128 * gram[norm] + (1 << 61);
        isTooSmall[t].b <== gram[reference] + (1 << 61);

        isForward[t] = IsPositive(54);
        isForward[t].in <== gram[gramIndex(0, slot, slots)];

        // cos > 0.949 towards the last aggregate: |G_ip| < 2^75, so both sides are below 2^155.
        isAlongLast[t] = IsPositive(75);
        isAlongLast[t].in <== gram[gramIndex(2, slot, slots)];
        isAlong[t] <== hasLastAggregate * isAlongLast[t].out;
        square[t] <== gram[gramIndex(2, slot, slots)] * gram[gramIndex(2, slot, slots)];
        normProduct[t] <== gram[norm] * gram[lastNorm];
        isBeyond[t] = IsLess(155);
        isBeyond[t].a <== 9 * normProduct[t] + (1 << 134);
        isBeyond[t].b <== 10 * square[t] + (1 << 134);
        isStale[t] <== isAlong[t] * isBeyond[t].out;

        // From the last test to the first, each overriding what comes after it.
        afterStale[t] <== 1 + 6 * isStale[t];
        afterForward[t] <== 6 + isForward[t].out * (afterStale[t] - 6);
        afterSmall[t] <== afterForward[t] + isTooSmall[t].out * (5 - afterForward[t]);
        afterLarge[t] <== afterSmall[t] + isTooLarge[t].out * (4 - afterSmall[t]);
        afterDuplicate[t] <== 3 + isUnique[t].out * (afterLarge[t] - 3);
        afterAbove[t] <== afterDuplicate[t] + isAbove[t].out * (2 - afterDuplicate[t]);
        verdict[t] <== isActive[slot] * afterAbove[t];

        isAccepted[t] = IsZero();
        isAccepted[t].in <== verdict[t] - 1;
        isSurvivor[t] <== isAccepted[t].out;
    }
}
