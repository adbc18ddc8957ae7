pragma circom 2.1.9;

// Packs the outcome, eight trainers a word: share (16 bits) | weight << 16 (11) | verdict << 27 (4), 31 bits each.
// Preconditions: share < 2^16, weight < 2^11, verdict < 2^4, so that no field spills into the next.
// Twins: `packOutcome` in services/protocol/round/public-signals.ts, `PublicSignals.sol`.
template OutcomeWords(trainers) {
    var words = (trainers + 7) \ 8;

    signal input share[trainers];
    signal input weight[trainers];
    signal input verdict[trainers];
    signal output out[words];

    for (var word = 0; word < words; word++) {
        var packed = 0;
        for (var place = 0; place < 8; place++) {
            var t = 8 * word + place;
            if (t < trainers) {
                packed += (share[t] + (1 << 16) * weight[t] + (1 << 27) * verdict[t]) * (1 << (31 * place));
            }
        }
        out[word] <== packed;
    }
}
