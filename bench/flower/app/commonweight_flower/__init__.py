"""The job of `npm run bench -- market` as a Flower app: federated averaging of a model of dense layers, in NumPy."""
