pragma circom 2.1.9;

include "circomlib/circuits/poseidon.circom";
include "./GramIndex.circom";

// Salted hash of the round's terms, the Gram matrix and the dummy's row: everything that decides the outcome.
//
// Words: salt; the packed terms as they are; narrow entries (everything without slot 2), G + 2^54 in 55 bits, 4 a word; wide entries (everything with slot 2),
// G + 2^75 in 76 bits, 3 a word; the dummy's row, a field element a word.
// h = Poseidon(number of words, slots), then h = Poseidon(h, 15 words) for each chunk, the last padded with zeros.
// Precondition: `GramRanges`, without which two matrices could pack into the same word.
// The terms are here because they are no public signal: hashed before alpha is drawn, they cannot be fitted to it (`FoldedSignals`).
// Twin: `gramHash` in services/protocol/gram/gram-hash.ts.
template GramHash(slots) {
    signal input salt;
    signal input terms[slots == 32 ? 2 : 1];
    signal input gram[gramLength(slots)];
    signal input dummyRow[slots + 1];
    signal output out;

    var narrowCount = (slots * (slots - 1)) \ 2;
    var narrowWords = (narrowCount + 3) \ 4;
    var wideWords = (slots + 2) \ 3;
    var termsWords = slots == 32 ? 2 : 1;
    var wordCount = 1 + termsWords + narrowWords + wideWords + slots + 1;

    signal words[wordCount];
    words[0] <== salt;
    for (var k = 0; k < termsWords; k++) {
        words[1 + k] <== terms[k];
    }
    var next = 1 + termsWords;

    var narrow = 0;
    var packed = 0;
    for (var i = 0; i < slots; i++) {
        for (var j = i; j < slots; j++) {
            if (i != 2 && j != 2) {
                packed += (gram[gramIndex(i, j, slots)] + (1 << 54)) * (1 << (55 * (narrow % 4)));
                narrow++;
                if (narrow % 4 == 0 || narrow == narrowCount) {
                    words[next] <== packed;
                    next++;
                    packed = 0;
                }
            }
        }
    }
    for (var j = 0; j < slots; j++) {
        packed += (gram[gramIndex(2, j, slots)] + (1 << 75)) * (1 << (76 * (j % 3)));
        if (j % 3 == 2 || j == slots - 1) {
            words[next] <== packed;
            next++;
            packed = 0;
        }
    }
    for (var i = 0; i <= slots; i++) {
        words[next] <== dummyRow[i];
        next++;
    }

    var chunks = (wordCount + 14) \ 15;
    component start = Poseidon(2);
    start.inputs[0] <== wordCount;
    start.inputs[1] <== slots;
    component chunk[chunks];
    for (var c = 0; c < chunks; c++) {
        chunk[c] = Poseidon(16);
        if (c == 0) {
            chunk[c].inputs[0] <== start.out;
        } else {
            chunk[c].inputs[0] <== chunk[c - 1].out;
        }
        for (var k = 0; k < 15; k++) {
            if (15 * c + k < wordCount) {
                chunk[c].inputs[1 + k] <== words[15 * c + k];
            } else {
                chunk[c].inputs[1 + k] <== 0;
            }
        }
    }
    out <== chunk[chunks - 1].out;
}
