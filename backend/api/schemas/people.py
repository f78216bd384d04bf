from apiflask import Schema
from marshmallow.fields import AwareDateTime, Enum, Integer, List, Nested, String
from marshmallow.validate import Length

from backend.api.schemas.base import Out, PageOut, name_field
from backend.models.job import JobState
from backend.models.user import Role


class SignInIn(Schema):
    name = name_field(required=True)
    password = String(required=True, validate=Length(min=1, max=1000))


class UserOut(Out):
    id = Integer()
    name = String()
    role = Enum(Role, by_value=True)


class MeOut(UserOut):
    """The user of this session; `job_id` is the one job that an annotator's session is bound to."""

    job_id = Integer(allow_none=True)


class UserIn(Schema):
    """A new account. Annotators need none: they come through a launch token."""

    name = name_field(required=True)
    role = Enum(Role, by_value=True, required=True)
    password = String(required=True, validate=Length(min=8, max=512))


class UserPageOut(PageOut):
    items = List(Nested(UserOut))


class SignInOut(Out):
    token = String()
    user = Nested(UserOut)


class LaunchIn(Schema):
    launch_token = String(required=True, validate=Length(min=1, max=4000))


class LaunchedJobOut(Out):
    """What an annotator may know about the job."""

    id = Integer()
    name = String()
    state = Enum(JobState, by_value=True)
    instructions = String()


class LaunchOut(Out):
    """An annotator's session for one job; `token` goes into the Authorization header."""

    token = String()
    annotator = Nested(UserOut)
    job = Nested(LaunchedJobOut)
    expires_at = AwareDateTime()
