"""The time of this machine."""

from datetime import UTC, datetime


class SystemClock:
    """The real clock, always in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)
