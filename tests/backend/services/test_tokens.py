"""Tokens: what is signed comes back, everything else is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from backend.adapters.memory import FixedClock
from backend.errors import ConfigError, NotSignedIn
from backend.models.user import Role
from backend.services.context import Context
from backend.services.tokens import (
    LaunchClaims,
    SessionClaims,
    issue_launch_token,
    issue_session_token,
    read_launch_token,
    read_session_token,
)


@pytest.fixture
def context(sqlite_context: Context) -> Context:
    return sqlite_context


def test_a_session_token_says_who_and_for_which_job(context: Context) -> None:
    token = issue_session_token(context, user_id=4, role=Role.ANNOTATOR, job_id=9)
    assert read_session_token(context, token) == SessionClaims(4, Role.ANNOTATOR, 9)
    token = issue_session_token(context, user_id=1, role=Role.ADMIN)
    assert read_session_token(context, token) == SessionClaims(1, Role.ADMIN, None)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(name=st.text(max_size=200))
def test_a_launch_token_carries_any_name(context: Context, name: str) -> None:
    token = issue_launch_token(context, job_id=3, annotator=name)
    assert read_launch_token(context, token) == LaunchClaims(3, name)
    assert token.isascii()


def test_one_kind_does_not_pass_for_the_other(context: Context) -> None:
    session = issue_session_token(context, user_id=1, role=Role.ADMIN)
    launch = issue_launch_token(context, job_id=1, annotator="ann")
    with pytest.raises(NotSignedIn, match=r"not one of ours\. Ask for a new link"):
        read_launch_token(context, session)
    with pytest.raises(NotSignedIn, match=r"not one of ours\. Sign in again"):
        read_session_token(context, launch)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:],
        lambda token: "e30" + token,
        lambda token: token.split(".")[0],
        lambda token: "x" * 3000,
        lambda token: "ünicode",
    ],
)
def test_what_was_not_signed_here_is_refused(context: Context, spoil: Callable[[str], str]) -> None:
    token = issue_session_token(context, user_id=1, role=Role.ADMIN)
    with pytest.raises(NotSignedIn, match="This token is not one of ours"):
        read_session_token(context, spoil(token))


def test_another_secret_signs_other_tokens(context: Context) -> None:
    other = replace(
        context, settings=replace(context.settings, secret_key="another secret, 32 characters long")
    )
    with pytest.raises(NotSignedIn, match="not one of ours"):
        read_session_token(other, issue_session_token(context, user_id=1, role=Role.ADMIN))


def test_tokens_end(context: Context, clock: FixedClock) -> None:
    session = issue_session_token(context, user_id=1, role=Role.ADMIN)
    launch = issue_launch_token(context, job_id=1, annotator="ann")
    clock.advance(context.settings.session_s - 1)
    assert read_session_token(context, session).user_id == 1
    clock.advance(1)
    with pytest.raises(NotSignedIn, match=r"This token has expired\. Sign in again"):
        read_session_token(context, session)
    clock.advance(context.settings.launch_token_s)
    with pytest.raises(NotSignedIn, match=r"This token has expired\. Ask for a new link"):
        read_launch_token(context, launch)


def test_nothing_is_signed_with_a_short_secret(context: Context) -> None:
    bare = replace(context, settings=replace(context.settings, secret_key=""))
    with pytest.raises(ConfigError, match="SECRET_KEY is too short to sign tokens"):
        issue_session_token(bare, user_id=1, role=Role.ADMIN)
