"""The networks: each is built from its frozen config, of Keras layers and `keras.ops` alone.

Importing a module of this package takes seconds, because it imports Keras; `training.network` picks one.
"""
