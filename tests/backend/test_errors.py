import backend.errors as errors
from backend.errors import CytoloopError


def _tree(root: type[CytoloopError]) -> list[type[CytoloopError]]:
    here = [kind for kind in root.__subclasses__() if kind.__module__ == errors.__name__]
    return [root, *(found for kind in here for found in _tree(kind))]


def test_the_docstring_draws_the_tree() -> None:
    for kind in _tree(CytoloopError):
        assert f"{kind.__name__} " in (errors.__doc__ or "").replace("\n", " \n"), kind


def test_every_code_is_of_one_kind() -> None:
    kinds = _tree(CytoloopError)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_an_error_carries_its_message_and_data() -> None:
    error = errors.EditGap("Send edit 5 first.", last_seq=4)
    assert (str(error), error.message, dict(error.detail)) == (
        "Send edit 5 first.",
        "Send edit 5 first.",
        {"last_seq": 4},
    )
