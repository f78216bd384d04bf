"""Errors of the training package: one tree.

TrainingError
    InvalidConfig          a network, training or post-processing setting is unknown or out of range
    InvalidPredictorInput  an image that no predictor can work on
    UnfinishedPrediction   asked of a prediction before its last band was taken
    UnusableDataset        a dataset version that cannot be trained or evaluated on
    OutputExists           the folder to write to is already there
    OutputNotWritten       a file could not be written: the disk is full, or the place is not ours
    ForeignCheckpoint      the checkpoint belongs to another run, or is damaged
    DivergedTraining       the loss is no longer a finite number
    TrainingStopped        somebody asked for the run to stop
    InvalidModelFolder     a model folder that may not be loaded
        MissingModelFile   a file of it is not there
        AlteredModelFile   a file of it is truncated or has another checksum
        ModelFileTooLarge  a file of it is larger than the limit
        UnsupportedModel   its kind or format version is not known here
        WrongWeights       its weights belong to another config
"""

from pathlib import Path


class TrainingError(ValueError):
    """Base of every error this package raises on purpose."""


class InvalidConfig(TrainingError):
    """A setting is unknown or out of range; the message names it and what is allowed."""


class InvalidPredictorInput(TrainingError):
    """An image that no predictor can work on: shape, dtype, NaN or infinity."""


class UnfinishedPrediction(TrainingError):
    """Something that is known only after the last band of a prediction was asked for before."""


class UnusableDataset(TrainingError):
    """A dataset version without what training or evaluation needs."""


class OutputExists(TrainingError):
    """The folder to write to is already there; nothing in it was touched."""


class OutputNotWritten(TrainingError):
    """A file could not be written; what was there before is untouched."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        reason = error.strerror or str(error)
        super().__init__(f"{path} could not be written: {reason}. Free some space or choose another place.")


class ForeignCheckpoint(TrainingError):
    """A checkpoint that this run cannot go on from: of another run, or damaged."""


class DivergedTraining(TrainingError):
    """The loss became NaN or infinite; no model folder was written."""


class TrainingStopped(TrainingError):
    """The run was stopped on request before it had anything to keep; no model folder was written."""


class InvalidModelFolder(TrainingError):
    """A model folder that may not be loaded; nothing of it was used."""


class MissingModelFile(InvalidModelFolder):
    """A file of the model folder is not there."""


class AlteredModelFile(InvalidModelFolder):
    """A file of the model folder is truncated or has another checksum than was recorded."""


class ModelFileTooLarge(InvalidModelFolder):
    """A file of the model folder is larger than the limit for its kind."""


class UnsupportedModel(InvalidModelFolder):
    """The kind or the format version of the model is not known to this version of the program."""


class WrongWeights(InvalidModelFolder):
    """The weights file does not fit the network that the config describes."""
