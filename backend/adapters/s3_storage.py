"""Storage in a bucket of S3 or of any server that speaks its protocol."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from backend.adapters.keys import below, check_key, check_prefix, check_removable
from backend.adapters.zarr_store import StorageStore
from backend.errors import ConfigError, StorageError
from backend.ports import MissingObject

_PAGE = 1000
_MISSING = {"404", "NoSuchKey", "NotFound"}
_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=32,
)
# Checksums that AWS invented later: many servers that speak the protocol refuse the headers.
_PLAIN_CONFIG = _CONFIG.merge(
    Config(request_checksum_calculation="when_required", response_checksum_validation="when_required")
)


class S3Storage:
    """Objects below `prefix` of a bucket; credentials and region come from boto3's usual places.

    S3 shows an object whole or not at all, so a write is one call. Failed calls are repeated by boto3 up to
    five times before they become a `StorageError`.
    """

    def __init__(self, bucket: str, prefix: str = "", *, endpoint_url: str | None = None) -> None:
        self._bucket = bucket
        self._root = below(check_prefix(prefix.strip("/")))
        try:
            config = _PLAIN_CONFIG if endpoint_url else _CONFIG
            self._client = boto3.client("s3", endpoint_url=endpoint_url or None, config=config)
        except (BotoCoreError, ValueError) as fault:
            raise ConfigError(f"STORAGE_URL=s3://{bucket} cannot be used: {fault}") from fault

    @classmethod
    def from_url(cls, url: str, *, endpoint_url: str | None = None) -> "S3Storage":
        """The storage that `s3://bucket/prefix` names."""
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if not bucket:
            raise ConfigError(f"STORAGE_URL={url!r} names no bucket; write s3://bucket/prefix.")
        return cls(bucket, prefix, endpoint_url=endpoint_url)

    def put(self, key: str, data: bytes) -> None:
        name = self._name(key)
        with self._faults("write", key):
            self._client.put_object(Bucket=self._bucket, Key=name, Body=data)

    def put_file(self, key: str, path: Path) -> None:
        """Store a file; a large one goes up in parts and appears when the last is there."""
        name = self._name(key)
        with self._faults("write", key):
            self._client.upload_file(str(path), self._bucket, name)

    def get(self, key: str, *, start: int | None = None, stop: int | None = None) -> bytes:
        """The bytes or a range of them; raises `MissingObject`."""
        begin = start or 0
        if stop is not None and stop <= begin:
            self.size(key)
            return b""
        wanted = {} if not begin and stop is None else {"Range": _range_header(begin, stop)}
        name = self._name(key)
        with self._faults("read", key):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=name, **wanted)
            except ClientError as fault:
                if _code(fault) == "InvalidRange":
                    return b""
                raise
            return bytes(answer["Body"].read())

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except MissingObject:
            return False
        return True

    def size(self, key: str) -> int:
        """Bytes of the object; raises `MissingObject`."""
        name = self._name(key)
        with self._faults("read", key):
            return int(self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"])

    def delete(self, key: str) -> None:
        name = self._name(key)
        with self._faults("delete", key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def delete_prefix(self, prefix: str) -> None:
        """Remove every object below the prefix, a thousand in one call."""
        batch: list[str] = []
        for key in self.list(check_removable(prefix)):
            batch.append(key)
            if len(batch) == _PAGE:
                self._delete_batch(batch, prefix)
                batch = []
        if batch:
            self._delete_batch(batch, prefix)

    def _delete_batch(self, keys: Sequence[str], prefix: str) -> None:
        names = [{"Key": self._name(key)} for key in keys]
        with self._faults("delete", prefix):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": names, "Quiet": True}
            )
        if answer.get("Errors"):
            first = answer["Errors"][0]
            raise StorageError(
                f"The bucket {self._bucket!r} kept {len(answer['Errors'])} objects below {prefix!r}:"
                f" {first.get('Code')}. Allow s3:DeleteObject.",
                key=prefix,
            )

    def list(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix):
            for item in page.get("Contents", ()):
                yield item["Key"][len(self._root) :]

    def list_folder(self, prefix: str) -> Iterator[str]:
        """The names directly below the prefix; S3 groups the keys, so deep folders cost one line."""
        skip = len(self._root) + len(below(check_prefix(prefix)))
        names: set[str] = set()
        for page in self._pages(prefix, Delimiter="/"):
            names.update(item["Key"][skip:] for item in page.get("Contents", ()))
            names.update(item["Prefix"][skip:-1] for item in page.get("CommonPrefixes", ()))
        yield from sorted(names)

    def _pages(self, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
        start = self._root + below(check_prefix(prefix))
        pages = self._client.get_paginator("list_objects_v2")
        with self._faults("list", prefix):
            yield from pages.paginate(
                Bucket=self._bucket, Prefix=start, PaginationConfig={"PageSize": _PAGE}, **options
            )

    @contextmanager
    def local_copy(self, prefix: str) -> Iterator[Path]:
        """A temporary folder with the objects below the prefix."""
        skip = len(below(check_prefix(prefix)))
        with tempfile.TemporaryDirectory(prefix="cytoloop-") as folder:
            for key in self.list(prefix):
                target = Path(folder) / key[skip:]
                target.parent.mkdir(parents=True, exist_ok=True)
                with self._faults("read", key):
                    self._client.download_file(self._bucket, self._name(key), str(target))
            if not any(Path(folder).iterdir()):
                raise MissingObject(f"There is nothing below {prefix!r} in the storage.", key=prefix)
            yield Path(folder)

    def zarr_store(self, prefix: str) -> Any:
        return StorageStore(self, check_prefix(prefix))

    def _name(self, key: str) -> str:
        return self._root + check_key(key)

    @contextmanager
    def _faults(self, action: str, key: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError, boto3.exceptions.Boto3Error) as fault:
            self._translate(action, key, fault)

    def _translate(self, action: str, key: str, fault: Exception) -> NoReturn:
        code = _code(fault)
        if code in _MISSING:
            raise MissingObject(f"There is no object {key!r} in the storage.", key=key) from fault
        if code == "NoSuchBucket":
            raise StorageError(
                f"There is no bucket {self._bucket!r}; make it or correct STORAGE_URL.", key=key
            ) from fault
        raise StorageError(
            f"The bucket {self._bucket!r} did not {action} {key!r} ({code or fault}). Check its endpoint, the"
            " credentials and their rights (s3:GetObject, PutObject, DeleteObject, ListBucket).",
            key=key,
        ) from fault


def _range_header(start: int, stop: int | None) -> str:
    return f"bytes={start}-" if stop is None else f"bytes={start}-{stop - 1}"


def _code(fault: Exception) -> str:
    if not isinstance(fault, ClientError):
        return ""
    return str(fault.response.get("Error", {}).get("Code", ""))
