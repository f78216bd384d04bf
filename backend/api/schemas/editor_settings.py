"""What a project sets for the editor; `backend/services` holds the rules of each."""

from apiflask import Schema
from marshmallow.fields import Boolean, Float, Integer, List, Nested, String

from backend.api.schemas.base import Out


class CellTypeIn(Schema):
    """`color` is `#rrggbb`; `hotkey` is a digit from 1 to 9, or null."""

    id = String(required=True)
    name = String(required=True)
    color = String(required=True, metadata={"example": "#e6194b"})
    hotkey = Integer(strict=True, allow_none=True)


class CellTypeOut(Out):
    id = String()
    name = String()
    color = String()
    hotkey = Integer(allow_none=True)


class SubmitChecksIn(Schema):
    """Thresholds of the checks before a submission; those left out take their defaults."""

    min_area_px = Integer(strict=True)
    min_covered = Float(allow_nan=False)
    min_bright_area_px = Integer(strict=True)


class SubmitChecksOut(Out):
    """Areas in pixels; `min_covered` is a share from 0 to 1."""

    min_area_px = Integer()
    min_covered = Float()
    min_bright_area_px = Integer()


class PresetChannelIn(Schema):
    """How the channel of this name is shown; see `PresetChannelOut`."""

    name = String(required=True)
    visible = Boolean(truthy={True}, falsy={False})
    color = String(metadata={"example": "#4080ff"})
    contrast = List(Float(allow_nan=False), allow_none=True)
    gamma = Float(allow_nan=False)
    inverted = Boolean(truthy={True}, falsy={False})
    lut = String()


class PresetChannelOut(Out):
    """`contrast` is [low, high] in stored intensities, null for automatic limits.

    `lut` is `color` or the name of a colour scale.
    """

    name = String()
    visible = Boolean()
    color = String()
    contrast = List(Float(), allow_none=True)
    gamma = Float()
    inverted = Boolean()
    lut = String()


class ViewPresetIn(Schema):
    """How channels are shown, under a name."""

    name = String(required=True)
    channels = List(Nested(PresetChannelIn), required=True)


class ViewPresetOut(Out):
    name = String()
    channels = List(Nested(PresetChannelOut))


class ViewPresetsIn(Schema):
    """All the presets that the annotator keeps in the project; 50 at most, 64 kB in all."""

    items = List(Nested(ViewPresetIn), required=True)


class ViewPresetsOut(Out):
    items = List(Nested(ViewPresetOut))
