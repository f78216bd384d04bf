"""`--watershed` and `--watershed-preset`: parameters of the watershed on the command line."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from pipeline.errors import InvalidSetting
from pipeline.watershed_settings import PRESET, PRESETS, check_postprocessing

Command = TypeVar("Command", bound=Callable[..., Any])


def watershed_options(command: Command) -> Command:
    """Add both options; the command gets `watershed` and `preset`."""
    for option in reversed(
        (
            click.option("--watershed", multiple=True, metavar="[COMPARTMENT.]NAME=VALUE",
                         help="Set a parameter of the watershed; may be given again."),
            click.option("--watershed-preset", "preset", type=click.Choice(list(PRESETS)),
                         help="Start from a named set, such as the paper's, not from the model's own."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def postprocessing_of(
    compartments: Sequence[str], assignments: Sequence[str], *, preset: str | None
) -> dict[str, dict[str, Any]]:
    """Read the options into parameters by compartment.

    Parameters
    ----------
    compartments
        Those of the predictor; an assignment without a compartment is for all of them.
    assignments
        Such as `radius_px=3` or `nuclear.radius_px=3`.

    Raises
    ------
    click.BadParameter
        An assignment has no value, or names what there is not.
    """
    changes: dict[str, dict[str, Any]] = {}
    if preset is not None:
        changes = {name: {PRESET: preset} for name in compartments}
    for assignment in assignments:
        key, is_set, text = assignment.partition("=")
        if not is_set:
            raise click.BadParameter(
                f"{assignment!r} sets nothing; write NAME=VALUE.", param_hint="--watershed"
            )
        compartment, _, name = key.strip().rpartition(".")
        for one in [compartment] if compartment else compartments:
            changes.setdefault(one, {})[name] = _value(text.strip())
    try:
        return check_postprocessing(changes)
    except InvalidSetting as error:
        raise click.BadParameter(str(error), param_hint="--watershed") from error


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
