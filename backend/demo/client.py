"""A small HTTP client of the application, used as the browser uses it: bearer tokens, JSON and .npy."""

import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import requests

from backend.errors import CytoloopError

TIMEOUT_S = 60.0


class RefusedRequest(CytoloopError):
    """The application answered with an error; `status` and `code` say which."""

    code = "refused_request"

    def __init__(self, method: str, path: str, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{method} {path} answered {status}: {body.get('message', body)}", status=status)
        self.status = status
        self.body = body


class ApiClient:
    """Calls below `/api/v1` of one server with one person's token."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = requests.Session()
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    @classmethod
    def sign_in(cls, base_url: str, name: str, password: str) -> "ApiClient":
        answer = cls(base_url).post("/sign-in", {"name": name, "password": password})
        return cls(base_url, answer["token"])

    @classmethod
    def launch(cls, base_url: str, launch_token: str) -> "ApiClient":
        """The session that a launch link gives an annotator."""
        answer = cls(base_url).post("/launches", {"launch_token": launch_token})
        return cls(base_url, answer["token"])

    def get(self, path: str) -> Any:
        return self._json(self._call("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        return self._json(self._call("POST", path, json={} if body is None else body))

    def get_npy(self, path: str) -> npt.NDArray[Any]:
        return np.load(io.BytesIO(self.get_bytes(path)), allow_pickle=False)

    def get_bytes(self, path: str) -> bytes:
        return self._call("GET", path).content

    def _call(self, method: str, path: str, **body: Any) -> requests.Response:
        url = f"{self.base_url}/api/v1{path}"
        response = self._http.request(method, url, timeout=TIMEOUT_S, **body)
        if response.status_code >= 400:
            raise RefusedRequest(method, path, response.status_code, _body(response))
        return response

    @staticmethod
    def _json(response: requests.Response) -> Any:
        return response.json() if response.status_code != 204 else None


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {"message": response.text[:300]}
    return body if isinstance(body, dict) else {"message": str(body)}


def wait_until(
    look: Callable[[], Any], done: Callable[[Any], bool], *, timeout_s: float, what: str, every_s: float = 0.5
) -> Any:
    """Look again and again until `done(answer)`; raises after `timeout_s` with what was awaited."""
    end = time.monotonic() + timeout_s
    while True:
        answer = look()
        if done(answer):
            return answer
        if time.monotonic() > end:
            raise CytoloopError(
                f"{what} was not finished within {timeout_s:.0f} s; the last answer: {answer}"
            )
        time.sleep(every_s)
