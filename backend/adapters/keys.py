"""What every storage asks of a key, so that no key leaves its folder or means two objects."""

from backend.errors import StorageError


def check_key(key: str) -> str:
    """The key itself, when its parts are plain names joined by `/`.

    Raises
    ------
    StorageError
        Naming the key: absolute, empty, with `..`, a backslash or a control character.
    """
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or not key.isprintable() or "\\" in key:
        raise StorageError(
            f"The storage key {key!r} is not a relative path of plain names; nothing was read or written.",
            key=key,
        )
    return key


def check_prefix(prefix: str) -> str:
    """The prefix without its closing slash; the empty one stands for everything."""
    trimmed = prefix.removesuffix("/")
    return check_key(trimmed) if trimmed else ""


def check_removable(prefix: str) -> str:
    """A prefix that may be deleted: never everything at once."""
    trimmed = check_prefix(prefix)
    if not trimmed:
        raise StorageError("Deleting everything in the storage is refused; name a folder of it.", key=prefix)
    return trimmed


def below(prefix: str) -> str:
    """What the keys below a checked prefix start with."""
    return f"{prefix}/" if prefix else ""
