pragma circom 2.1.9;

// Place of the pair (i, j), in either order, in the upper triangle of a symmetric matrix written row by row.
function gramIndex(i, j, slots) {
    var low = i < j ? i : j;
    var high = i < j ? j : i;
    return low * slots - (low * (low - 1)) \ 2 + high - low;
}

// Entries of the upper triangle.
function gramLength(slots) {
    return (slots * (slots + 1)) \ 2;
}
