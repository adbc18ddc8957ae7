pragma circom 2.1.9;

include "./Comparison.circom";

// Whether fewer than half of the active trainers survived: the round is void then, because the reference may be at fault.
// Precondition: isSurvivor and isActive are bits; at most 32 slots.
template IsQuorumMissed(slots) {
    var trainers = slots - 3;

    signal input isSurvivor[trainers];
    signal input isActive[slots];
    signal output out;

    var survivors = 0;
    var active = 0;
    for (var t = 0; t < trainers; t++) {
        survivors += isSurvivor[t];
        active += isActive[t + 3];
    }
    component isFew = IsLess(6);
    isFew.a <== 2 * survivors;
    isFew.b <== active;
    out <== isFew.out;
}
