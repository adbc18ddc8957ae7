pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";

// Splits the packed terms of a round, which the contract builds from its own state (never the prover).
// terms[0] = active mask (32 bits) | norm bound << 32 (54) | parameter A << 86 (5) | parameter B << 91 (5)
//          | base weights of trainers 0..14 << 96 (10 each); terms[1] (32 slots only) = those of trainers 15..28.
// Twins: `packTerms` in services/protocol/round/public-signals.ts, `PublicSignals.sol`.
template RoundTerms(slots) {
    var trainers = slots - 3;
    var inFirst = trainers < 15 ? trainers : 15;
    var words = trainers > 15 ? 2 : 1;

    signal input terms[words];
    signal output isActive[slots];
    signal output normBoundSquared;
    signal output parameterA;
    signal output parameterB;
    signal output baseWeight[trainers];

    // Exactly as many bits as are used: anything above them has no witness, so one round has one encoding.
    component first = Num2Bits(96 + 10 * inFirst);
    first.in <== terms[0];
    for (var slot = 0; slot < slots; slot++) {
        isActive[slot] <== first.out[slot];
    }
    for (var slot = slots; slot < 32; slot++) {
        first.out[slot] === 0;
    }
    // Every rule measures against the reference.
    isActive[0] === 1;

    var bound = 0;
    for (var bit = 0; bit < 54; bit++) {
        bound += first.out[32 + bit] * (1 << bit);
    }
    normBoundSquared <== bound;
    var a = 0;
    var b = 0;
    for (var bit = 0; bit < 5; bit++) {
        a += first.out[86 + bit] * (1 << bit);
        b += first.out[91 + bit] * (1 << bit);
    }
    parameterA <== a;
    parameterB <== b;

    for (var trainer = 0; trainer < inFirst; trainer++) {
        var weight = 0;
        for (var bit = 0; bit < 10; bit++) {
            weight += first.out[96 + 10 * trainer + bit] * (1 << bit);
        }
        baseWeight[trainer] <== weight;
    }
    if (words == 2) {
        component second = Num2Bits(10 * (trainers - 15));
        second.in <== terms[1];
        for (var trainer = 15; trainer < trainers; trainer++) {
            var weight = 0;
            for (var bit = 0; bit < 10; bit++) {
                weight += second.out[10 * (trainer - 15) + bit] * (1 << bit);
            }
            baseWeight[trainer] <== weight;
        }
    }
}
