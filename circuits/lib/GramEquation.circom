pragma circom 2.1.9;

include "./GramIndex.circom";

// mu = <A, A> for A = sum_i alpha^(2^i) U_i, the dummy last. Products of two of the powers are pairwise distinct powers of alpha,
// so for an alpha drawn after everything was fixed this pins every entry of the matrix to the committed vectors.
// Twin: `combinedSquare` in services/protocol/gram/gram-proof.ts.
template GramEquation(slots) {
    signal input alpha;
    signal input gram[gramLength(slots)];
    signal input dummyRow[slots + 1];
    signal output mu;

    signal power[slots + 1];
    power[0] <== alpha;
    for (var i = 1; i <= slots; i++) {
        power[i] <== power[i - 1] * power[i - 1];
    }

    signal product[gramLength(slots)];
    signal dummyProduct[slots + 1];
    signal row[slots + 1];
    var total = 0;
    for (var i = 0; i < slots; i++) {
        var rest = 0;
        for (var j = i; j < slots; j++) {
            product[gramIndex(i, j, slots)] <== power[j] * gram[gramIndex(i, j, slots)];
            rest += (i == j ? 1 : 2) * product[gramIndex(i, j, slots)];
        }
        dummyProduct[i] <== power[slots] * dummyRow[i];
        row[i] <== power[i] * (rest + 2 * dummyProduct[i]);
        total += row[i];
    }
    dummyProduct[slots] <== power[slots] * dummyRow[slots];
    row[slots] <== power[slots] * dummyProduct[slots];
    mu <== total + row[slots];
}
