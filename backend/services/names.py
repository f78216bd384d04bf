"""Names that people type."""

from backend.errors import InvalidInput


def clean_name(text: str, *, what: str, longest: int) -> str:
    """The name without space around it.

    Raises
    ------
    InvalidInput
        When it is empty, longer than `longest` characters or holds characters that cannot be shown.
    """
    name = text.strip()
    if not 0 < len(name) <= longest or not name.isprintable():
        raise InvalidInput(
            f"{name[:60]!r} cannot be the name of a {what}: give 1 to {longest} characters that can be shown."
        )
    return name
