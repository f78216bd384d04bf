"""What all schemas share: every field of a response is always there, and pages of rows."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Integer
from apiflask.validators import Length, Range
from marshmallow import EXCLUDE, fields

ROWS_PER_PAGE = 200
MOST_ROWS_PER_PAGE = 1000
# Of ids and sequence numbers: what their columns hold.
LARGEST_ID = 2**31 - 1


class Out(Schema):
    """A response. All of its fields are sent, so the document marks all of them as required."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class PageIn(Schema):
    """Rows come in the order of their ids, `limit` at a time; `after` is `next` of the page before."""

    after = Integer(load_default=0, validate=Range(min=0, max=LARGEST_ID))
    limit = Integer(load_default=ROWS_PER_PAGE, validate=Range(min=1, max=MOST_ROWS_PER_PAGE))


class PageOut(Out):
    """Base of pages of rows: `next` is null on the last one."""

    next = Integer(allow_none=True)


class ErrorOut(Out):
    """The one shape of errors: `code` is for programs, `message` says what happened and what to do."""

    code = fields.String()
    message = fields.String()
    detail = fields.Dict(keys=fields.String(), values=fields.Raw())


def name_field(*, longest: int = 200, **options: Any) -> fields.String:
    """A name that people give: not empty and not longer than its column."""
    return fields.String(validate=Length(min=1, max=longest), **options)


def object_field(**options: Any) -> fields.Dict:
    """A JSON object whose keys depend on its content."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), **options)


def counts_field(**options: Any) -> fields.Dict:
    """Counts by name."""
    return fields.Dict(keys=fields.String(), values=fields.Integer(), **options)
