pragma circom 2.1.9;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";

// What a rule over inner products costs when the updates themselves are in the circuit, as in systems without vector commitments:
// every entry is 16 bits, the packed entries are hashed to what the trainer committed to, and all products of pairs are formed.
// Selection, weights and shares come on top and do not grow with the model. A benchmark, not part of the market.
template InCircuitGram(trainers, parameters) {
    signal input updates[trainers][parameters];
    signal output commitments[trainers];
    signal output gram[trainers * (trainers + 1) \ 2];

    // 15 entries of 16 bits a word, 15 words and the running hash a permutation.
    var words = (parameters + 14) \ 15;
    var chunks = (words + 14) \ 15;
    component ranges[trainers][parameters];
    component hashes[trainers][chunks];
    for (var t = 0; t < trainers; t++) {
        for (var chunk = 0; chunk < chunks; chunk++) {
            hashes[t][chunk] = Poseidon(16);
            hashes[t][chunk].inputs[0] <== chunk == 0 ? parameters : hashes[t][chunk - 1].out;
            for (var word = 0; word < 15; word++) {
                var packed = 0;
                for (var entry = 0; entry < 15; entry++) {
                    var at = (chunk * 15 + word) * 15 + entry;
                    if (at < parameters) {
                        ranges[t][at] = Num2Bits(16);
                        ranges[t][at].in <== updates[t][at] + (1 << 15);
                        packed += (updates[t][at] + (1 << 15)) * (1 << (16 * entry));
                    }
                }
                hashes[t][chunk].inputs[word + 1] <== packed;
            }
        }
        commitments[t] <== hashes[t][chunks - 1].out;
    }

    signal products[trainers * (trainers + 1) \ 2][parameters];
    var pair = 0;
    for (var i = 0; i < trainers; i++) {
        for (var j = i; j < trainers; j++) {
            var sum = 0;
            for (var k = 0; k < parameters; k++) {
                products[pair][k] <== updates[i][k] * updates[j][k];
                sum += products[pair][k];
            }
            gram[pair] <== sum;
            pair++;
        }
    }
}
