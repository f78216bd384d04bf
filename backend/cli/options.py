"""Options and arguments that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

InFile = click.Path(exists=True, path_type=Path)
OutPath = click.Path(path_type=Path)


def channel_options(command: Command) -> Command:
    """`--axes --acquisition --nuclear --membrane --pixel-size`: how to read an image that does not say."""
    for option in reversed(
        (
            click.option("--axes", help="Order of the axes, letters of T Z C Y X, e.g. CZYX."),
            click.option("--acquisition", help="One of those of an IMC file (.mcd), by number or name."),
            click.option("--nuclear", type=Channel(), help="Nuclear channel, by name or index from 0."),
            click.option("--membrane", type=Channel(), help="Membrane channel, by name or index from 0."),
            click.option("--pixel-size", "pixel_size_um", type=click.FloatRange(min=0, min_open=True),
                         help="Size of a pixel in micrometres."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


class Channel(click.ParamType[str | int]):
    """A channel's name, or its index when the text is a whole number."""

    name = "channel"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        if isinstance(value, int):
            return value
        return int(value) if str(value).isdecimal() else str(value)


def _inputs_of(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for (name, sign, _), text in zip(pairs, given, strict=True):
        if not name or not sign:
            raise click.BadParameter(f"{text!r} names no channel; write NAME=CHANNEL, or NAME= for none.")
    return {name.strip(): channel for name, _, channel in pairs}


inputs_option = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=CHANNEL",
    callback=_inputs_of,
    help="Which channel an input of the model is, where the names differ; NAME= for none.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
