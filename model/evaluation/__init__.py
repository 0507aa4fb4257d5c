"""Measures a reader or a model against labelled images."""
