from pathlib import Path

import pytest

from backend.adapters.s3_storage import S3Storage
from backend.errors import ConfigError, StorageError


def test_two_prefixes_of_one_bucket_do_not_see_each_other(s3_endpoint: str) -> None:
    one = S3Storage.from_url("s3://cells/lab/one/", endpoint_url=s3_endpoint)
    two = S3Storage.from_url("s3://cells/lab/two", endpoint_url=s3_endpoint)
    one.put("a", b"1")
    two.put("a", b"2")
    assert (one.get("a"), two.get("a")) == (b"1", b"2")
    whole = S3Storage.from_url("s3://cells", endpoint_url=s3_endpoint)
    assert whole.get("lab/one/a") == b"1"


def test_more_objects_than_one_answer_holds_are_listed_and_deleted(
    s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.adapters.s3_storage._PAGE", 3)
    storage = S3Storage("cells", "many", endpoint_url=s3_endpoint)
    for number in range(10):
        storage.put(f"c/{number}", b"")
    assert sum(1 for _ in storage.list("c")) == 10
    storage.delete_prefix("c")
    assert list(storage.list("c")) == []


def test_a_bucket_that_is_not_there_says_what_to_do(s3_endpoint: str) -> None:
    storage = S3Storage("absent", endpoint_url=s3_endpoint)
    with pytest.raises(StorageError, match="no bucket 'absent'; make it or correct STORAGE_URL"):
        storage.put("a", b"")
    with pytest.raises(StorageError, match="no bucket 'absent'"):
        list(storage.list("a"))


def test_a_server_that_does_not_answer_is_a_storage_error(
    s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _s: None)
    storage = S3Storage("cells", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(StorageError, match=r"did not read 'a'.*Check its endpoint"):
        storage.get("a")


def test_a_url_without_a_bucket_or_with_a_bad_endpoint_is_a_bad_setting(s3_endpoint: str) -> None:
    with pytest.raises(ConfigError, match="names no bucket; write s3://bucket/prefix"):
        S3Storage.from_url("s3:///prefix")
    with pytest.raises(ConfigError, match="cannot be used"):
        S3Storage.from_url("s3://cells", endpoint_url="nonsense")


def test_other_servers_are_sent_no_checksums_of_aws(s3_endpoint: str, tmp_path: Path) -> None:
    storage = S3Storage("cells", "plain", endpoint_url=s3_endpoint)
    sent: list[str] = []
    for call in ("PutObject", "GetObject"):
        storage._client.meta.events.register(
            f"before-send.s3.{call}", lambda request, **_: sent.extend(map(str.lower, request.headers))
        )
    (tmp_path / "file").write_bytes(b"data")
    storage.put("a", b"data")
    storage.put_file("b", tmp_path / "file")
    assert storage.get("a") == storage.get("b") == b"data"
    assert sent
    assert not [name for name in sent if "checksum" in name]
