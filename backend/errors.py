"""What can go wrong in the application, as one tree; `backend/api/errors.py` alone translates it to HTTP.

CytoloopError
├── NotFound                 404  nothing under this id, or nothing this user may see
├── NotAllowed               403  the user's role does not cover this
├── NotSignedIn              401  no token, or one that is forged, expired or of another kind
├── InvalidInput             422  the request cannot be what was meant
│   └── AmbiguousInput       422  ... until the user chooses (`choices`)
├── Conflict                 409  the request does not fit the present state
│   ├── WrongState                a transition that the table does not hold
│   ├── AssignmentClosed          submitted, released, skipped or expired
│   ├── EditGap                   an edit's sequence number leaves a gap
│   ├── EditMismatch              another edit is held under this sequence number
│   ├── EditDiverged              the old values differ from the server's labels
│   ├── ChecksumMismatch          browser and server hold different labels at submit
│   └── AlreadyExists             a name that is taken
├── TooManyAttempts          429  wait before the next one
├── StorageError             503  the storage did not answer or lacks an object
├── QueueError               503  the work queue did not take the work
└── ConfigError                   a setting is missing or wrong (reported all at once, at start)
"""

from collections.abc import Mapping
from typing import Any


class CytoloopError(Exception):
    """Root of the tree. `code` is stable and for programs, the message is for people."""

    code = "error"

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail: Mapping[str, Any] = detail


class NotFound(CytoloopError):
    code = "not_found"


class NotAllowed(CytoloopError):
    code = "not_allowed"


class NotSignedIn(CytoloopError):
    code = "not_signed_in"


class InvalidInput(CytoloopError):
    code = "invalid_input"


class AmbiguousInput(InvalidInput):
    code = "ambiguous_axes"


class Conflict(CytoloopError):
    code = "conflict"


class WrongState(Conflict):
    code = "wrong_state"


class AssignmentClosed(Conflict):
    code = "assignment_closed"


class EditGap(Conflict):
    code = "edit_gap"


class EditMismatch(Conflict):
    code = "edit_mismatch"


class EditDiverged(Conflict):
    code = "edit_diverged"


class ChecksumMismatch(Conflict):
    code = "checksum_mismatch"


class AlreadyExists(Conflict):
    code = "already_exists"


class TooManyAttempts(CytoloopError):
    code = "too_many_attempts"


class StorageError(CytoloopError):
    code = "storage_unavailable"


class QueueError(CytoloopError):
    code = "queue_unavailable"


class ConfigError(CytoloopError):
    code = "config"
