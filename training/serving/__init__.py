"""The network of a model version in the form in which it predicts fastest on a CPU (see ADR 0008).

Importing this package imports neither Keras nor a runtime; the modules that need one import it when they run.
"""
