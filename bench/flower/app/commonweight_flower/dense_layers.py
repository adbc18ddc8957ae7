"""Stochastic gradient descent for layers `weight, bias, ReLU, weight, bias, ...`, softmax cross-entropy at the end."""

import numpy as np


def train(tensors, x, y, *, epochs, batch_size, learning_rate, seed):
    """Trains copies of `tensors` (weights `[out, in]` and biases in turn, float32) and returns them."""
    tensors = [tensor.copy() for tensor in tensors]
    weights, biases = tensors[0::2], tensors[1::2]
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        order = random.permutation(len(x))
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            _step(weights, biases, x[chosen], y[chosen], learning_rate)
    return tensors


def _step(weights, biases, x, y, learning_rate):
    activations = [x]
    for place, (weight, bias) in enumerate(zip(weights, biases)):
        sums = activations[-1] @ weight.T + bias
        activations.append(sums if place == len(weights) - 1 else np.maximum(sums, 0))
    exponentials = np.exp(activations[-1] - activations[-1].max(axis=1, keepdims=True))
    gradient = exponentials / exponentials.sum(axis=1, keepdims=True)
    gradient[np.arange(len(y)), y] -= 1
    gradient /= len(y)
    for place in reversed(range(len(weights))):
        before = gradient @ weights[place] * (activations[place] > 0)
        weights[place] -= learning_rate * (gradient.T @ activations[place])
        biases[place] -= learning_rate * gradient.sum(axis=0)
        gradient = before
