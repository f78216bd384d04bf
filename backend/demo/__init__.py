"""The loop shown end to end: images with known truth, annotators that are simulated, everything else real."""
