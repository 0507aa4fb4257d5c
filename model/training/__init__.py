"""Trains and exports the model; the only place that imports TensorFlow."""
