"""Network, targets, losses, training, evaluation and predictors.

Keras is imported inside the modules that need it (`training.keras_backend` and what stands on it), never by
this package, by `training.baseline` or by `training.predictor`: listing predictors or running the baseline
must not wait seconds for TensorFlow.
"""
