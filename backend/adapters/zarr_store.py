"""A zarr store over the Storage port, so that OME-Zarr is the same on disk, on S3 and in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype

from backend.ports import MissingObject, Storage

# Inside the class `list` is the method that zarr asks for.
Buffers = list[Buffer | None]


class StorageStore(Store):
    """The objects below one prefix of a storage. Blocking calls run in threads, off zarr's event loop."""

    supports_writes: bool = True
    supports_deletes: bool = True
    supports_listing: bool = True

    def __init__(self, storage: Storage, prefix: str, *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self._storage = storage
        self._prefix = prefix.removesuffix("/")

    def __eq__(self, value: object) -> bool:
        return (
            isinstance(value, StorageStore)
            and self._storage is value._storage
            and self._prefix == value._prefix
            and self.read_only == value.read_only
        )

    def __str__(self) -> str:
        return f"storage://{self._prefix}"

    def __repr__(self) -> str:
        return f"StorageStore({str(self)!r})"

    def with_read_only(self, read_only: bool = False) -> "StorageStore":
        return StorageStore(self._storage, self._prefix, read_only=read_only)

    def _key(self, key: str) -> str:
        return "/".join(part for part in (self._prefix, key.strip("/")) if part)

    async def get(
        self,
        key: str,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """The bytes of a key or a range of them, None when there is no such key."""
        await self._ensure_open()
        make = (prototype or default_buffer_prototype()).buffer
        try:
            return make.from_bytes(await asyncio.to_thread(self._read, key, byte_range))
        except MissingObject:
            return None

    def _read(self, key: str, byte_range: ByteRequest | None) -> bytes:
        full = self._key(key)
        match byte_range:
            case None:
                return self._storage.get(full)
            case RangeByteRequest(start, end):
                return self._storage.get(full, start=start, stop=end)
            case OffsetByteRequest(offset):
                return self._storage.get(full, start=offset)
            case SuffixByteRequest(suffix):
                return self._storage.get(full, start=max(0, self._storage.size(full) - suffix))
        raise TypeError(f"unknown byte range {byte_range!r}")

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> Buffers:
        """Several ranges at once, in the order asked for."""
        return list(await asyncio.gather(*(self.get(key, prototype, wanted) for key, wanted in key_ranges)))

    async def exists(self, key: str) -> bool:
        return await asyncio.to_thread(self._storage.exists, self._key(key))

    async def set(self, key: str, value: Buffer) -> None:
        """Store bytes whole; another writer of the same key wins or loses as a whole."""
        self._check_writable()
        await self._ensure_open()
        await asyncio.to_thread(self._storage.put, self._key(key), value.to_bytes())

    async def delete(self, key: str) -> None:
        self._check_writable()
        await asyncio.to_thread(self._storage.delete, self._key(key))

    async def delete_dir(self, prefix: str) -> None:
        """Remove every key below a folder."""
        self._check_writable()
        await asyncio.to_thread(self._storage.delete_prefix, self._key(prefix))

    async def list(self) -> AsyncIterator[str]:
        async for key in self.list_prefix(""):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """The keys that start with `prefix`, which need not end at a slash."""
        folder = prefix.rpartition("/")[0]
        skip = len(self._prefix) + 1 if self._prefix else 0
        for key in await asyncio.to_thread(lambda: tuple(self._storage.list(self._key(folder)))):
            if key[skip:].startswith(prefix):
                yield key[skip:]

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """The names directly below a folder."""
        for name in await asyncio.to_thread(lambda: tuple(self._storage.list_folder(self._key(prefix)))):
            yield name

    async def getsize(self, key: str) -> int:
        try:
            return await asyncio.to_thread(self._storage.size, self._key(key))
        except MissingObject as fault:
            raise FileNotFoundError(key) from fault
