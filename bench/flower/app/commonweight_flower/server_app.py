"""The server: Flower's own federated averaging; it keeps the model of each round, and says when that was there."""

import json
import time
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    folder = Path(context.run_config["folder"])
    job = json.loads((folder / "job.json").read_text())
    trainers = job["trainers"]
    start = np.load(folder / "start.npz")
    times = []

    def keep(server_round, arrays):
        flat = [tensor.astype("<f4").ravel() for tensor in arrays.to_numpy_ndarrays()]
        np.concatenate(flat).tofile(folder / f"round-{server_round}.f32")
        times.append(time.time())

    strategy = FedAvg(
        fraction_train=1.0,
        fraction_evaluate=0.0,
        min_train_nodes=trainers,
        min_available_nodes=trainers,
    )
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([start[name] for name in job["tensors"]]),
        num_rounds=job["rounds"],
        evaluate_fn=keep,
    )
    # The first is that of the start, before any round.
    (folder / "rounds.json").write_text(json.dumps(times))
