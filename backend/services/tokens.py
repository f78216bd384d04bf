"""Signed tokens: a session's bearer token, and the launch token with which an annotator opens a job.

Both are signed with the application's secret key under salts of their own, so that neither passes for the
other, and both carry the moment at which they end. Nothing in them is secret; nothing in them can be changed.
"""

from dataclasses import dataclass
from typing import Any, TypeGuard

from itsdangerous import BadSignature, URLSafeSerializer

from backend.config import SHORTEST_SECRET
from backend.errors import ConfigError, NotSignedIn
from backend.models.user import Role
from backend.services.context import Context

_SESSION_SALT = "cytoloop.session.1"
_LAUNCH_SALT = "cytoloop.launch.1"
_LONGEST_TOKEN = 2000


@dataclass(frozen=True)
class SessionClaims:
    """Who speaks. `job_id` is set in an annotator's session: it reaches that job and no other."""

    user_id: int
    role: Role
    job_id: int | None


@dataclass(frozen=True)
class LaunchClaims:
    """What a launch token opens: one job, for the annotator of this name."""

    job_id: int
    annotator: str


def issue_session_token(context: Context, *, user_id: int, role: Role, job_id: int | None = None) -> str:
    """A bearer token for `settings.session_s` seconds."""
    claims = {"user": user_id, "role": Role(role).value, "job": job_id}
    return _issue(context, claims, salt=_SESSION_SALT, lifetime_s=context.settings.session_s)


def read_session_token(context: Context, token: str) -> SessionClaims:
    """The claims of a bearer token; raises `NotSignedIn` when it is forged, expired or of another kind."""
    claims = _read(context, token, salt=_SESSION_SALT, again="Sign in again, or open your link again.")
    return SessionClaims(claims["user"], Role(claims["role"]), claims["job"])


def issue_launch_token(context: Context, *, job_id: int, annotator: str) -> str:
    """A launch token for one job and one annotator, for `settings.launch_token_s` seconds."""
    claims = {"job": job_id, "annotator": annotator}
    return _issue(context, claims, salt=_LAUNCH_SALT, lifetime_s=context.settings.launch_token_s)


def read_launch_token(context: Context, token: str) -> LaunchClaims:
    """The claims of a launch token; raises `NotSignedIn` when it is forged, expired or of another kind."""
    claims = _read(context, token, salt=_LAUNCH_SALT, again="Ask for a new link to the job.")
    return LaunchClaims(claims["job"], claims["annotator"])


def _serializer(context: Context, salt: str) -> URLSafeSerializer:
    secret = context.settings.secret_key
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(
            f"SECRET_KEY is too short to sign tokens; set {SHORTEST_SECRET} characters or more."
        )
    return URLSafeSerializer(secret, salt=salt)


def _issue(context: Context, claims: dict[str, Any], *, salt: str, lifetime_s: int) -> str:
    expires = int(context.clock.now().timestamp()) + lifetime_s
    token = _serializer(context, salt).dumps({**claims, "exp": expires})
    return token if isinstance(token, str) else token.decode()


def _read(context: Context, token: str, *, salt: str, again: str) -> dict[str, Any]:
    serializer = _serializer(context, salt)
    if len(token) > _LONGEST_TOKEN:
        raise NotSignedIn(f"This token is not one of ours. {again}")
    try:
        claims = serializer.loads(token)
    except BadSignature:
        raise NotSignedIn(f"This token is not one of ours. {again}") from None
    if not _has_expiry(claims) or context.clock.now().timestamp() >= claims["exp"]:
        raise NotSignedIn(f"This token has expired. {again}")
    return claims


def _has_expiry(claims: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(claims, dict) and isinstance(claims.get("exp"), int)
