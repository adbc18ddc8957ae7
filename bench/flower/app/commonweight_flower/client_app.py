"""A trainer: its samples are in its own file, its node's configuration says which."""

import json
import time
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from .dense_layers import train as train_dense_layers

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    folder = Path(context.run_config["folder"])
    trainer = int(context.node_config["partition-id"])
    training = json.loads((folder / "job.json").read_text())["training"]
    samples = np.load(folder / f"trainer-{trainer}.npz")
    started_at = time.time()
    tensors = train_dense_layers(
        message.content["arrays"].to_numpy_ndarrays(),
        samples["x"],
        samples["y"],
        epochs=training["epochs"],
        batch_size=training["batchSize"],
        learning_rate=training["learningRate"],
        seed=[trainer, int(message.content["config"]["server-round"])],
    )
    with (folder / f"trainer-{trainer}.times").open("a") as times:
        times.write(f"{started_at} {time.time()}\n")
    metrics = MetricRecord({"num-examples": len(samples["y"])})
    content = RecordDict({"arrays": ArrayRecord(tensors), "metrics": metrics})
    return Message(content=content, reply_to=message)
