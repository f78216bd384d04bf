"""Names that people type, and texts that files hold."""

from typing import Any

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
        kind = f"an {what}" if what[0] in "aF" else f"a {what}"
        raise InvalidInput(
            f"{name[:60]!r} cannot be the name of {kind}: give 1 to {longest} characters that can be shown."
        )
    return name


def is_storable(text: str) -> bool:
    """Whether every database takes the text: no NUL, and no half of a character (a lone surrogate)."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def storable(value: Any) -> Any:
    """A plain JSON value whose texts every database takes; what cannot be stored becomes `\ufffd`."""
    if isinstance(value, str):
        return value if is_storable(value) else "".join(c if is_storable(c) else "\ufffd" for c in value)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value
