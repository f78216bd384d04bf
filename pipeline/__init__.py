"""Numerics of Cytoloop: windows, label images, label diffs, stitching, scores, quality control, file formats.

Arrays and frozen values in, new arrays out; the disk is touched in `pipeline.io` only.
"""
