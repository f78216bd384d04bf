"""The runtimes that could serve a network, measured on the same network and image (see ADR 0008).

`cytoloop bench` prints it; nothing else needs it. What it needs beyond an installation is in
`requirements/bench.txt`. Importing this package imports neither Keras nor a runtime.
"""
