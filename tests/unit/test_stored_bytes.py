"""Bytes in their place: sealed span by span, in a folder or in a bucket; no name that anybody typed is in a path."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpims.lib.crypto import CannotOpen, new_key
from cpims.lib.spans import SEALED, SPAN, open_part, open_whole, seal_spans
from cpims.lib.storage import BadStore, BucketStore, BytesMissing, FolderStore, Store, open_store
from tests.running import free_port

NAME, OTHER = "0a/0a0b0c0d0e0f00010203040506070809.file", "0a/0a0b0c0d0e0f00010203040506070809.p1048576"
KEY = new_key()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A real server that speaks S3, on this machine; the address of a bucket of it."""
    import boto3
    from moto.server import ThreadedMotoServer

    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    name = f"files-{port}"  # what servers of one process hold is one: each has a bucket of its own
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    try:
        yield f"s3://{name}/instance?endpoint={quote(endpoint, safe='')}&region=eu-central-1"
    finally:
        server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return BucketStore(request.getfixturevalue("bucket"))


def test_a_store_keeps_gives_and_forgets(store: Store) -> None:
    content = secrets.token_bytes(200_000)
    store.put(NAME, b"first")
    store.put(NAME, content)
    store.put(OTHER, b"x")
    assert store.read(NAME) == content
    assert store.read(NAME, 1000, 5) == content[1000:1005]
    assert store.read(NAME, 199_990, 10) == content[-10:]
    assert sorted(store.names()) == [NAME, OTHER]
    for _ in range(2):
        store.remove(NAME)
    assert list(store.names()) == [OTHER]
    for length in (None, 3):
        with pytest.raises(BytesMissing):
            store.read(NAME, 0, length)
    store.remove(OTHER)


@pytest.mark.parametrize("name", ["../../etc/passwd", "aa/../b", "Noor.jpg", "", "0a/" + "0" * 32 + ".p/1", "/etc/x"])
def test_no_other_names_reach_a_path(store: Store, name: str) -> None:
    for act in (lambda: store.put(name, b"x"), lambda: store.read(name), lambda: store.remove(name)):
        with pytest.raises(ValueError):
            act()


def test_files_are_for_their_owner_alone_and_never_half(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    store.put(NAME, b"sealed")
    path = tmp_path / "files" / NAME
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_range_travels_not_the_whole(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store, plain = BucketStore(bucket), secrets.token_bytes(5 * SPAN + 17)
    store.put(NAME, seal_spans(KEY, plain, b"c"))
    asked: list[int] = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return store.read(NAME, offset, length)

    found = open_part(KEY, b"c", length=len(plain), start=SPAN + 5, stop=SPAN + 50, read=read)
    assert (found, asked) == (plain[SPAN + 5 : SPAN + 50], [SEALED])


@pytest.mark.parametrize("address", ["https://x/y", "s3://", "s3://b?secret=1", "s3:///p"])
def test_an_address_that_cannot_be_used_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(BadStore):
        open_store(tmp_path, address)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_part_of_any_length_is_the_same_part(data: st.DataObject) -> None:
    length = data.draw(
        st.one_of(st.integers(0, 300), st.sampled_from([SPAN - 1, SPAN, SPAN + 1, 2 * SPAN, 3 * SPAN + 9]))
    )
    plain = secrets.token_bytes(length)
    sealed = seal_spans(KEY, plain, b"context")
    assert open_whole(KEY, sealed, b"context") == plain
    start = data.draw(st.integers(0, max(0, length - 1)))
    stop = data.draw(st.integers(start, length))

    def read(offset: int, count: int) -> bytes:
        return sealed[offset : offset + count]

    assert open_part(KEY, b"context", length=length, start=start, stop=stop, read=read) == plain[start:stop]


def test_moved_cut_or_changed_spans_do_not_open() -> None:
    plain = secrets.token_bytes(3 * SPAN)
    sealed = seal_spans(KEY, plain, b"c")
    swapped = sealed[SEALED : 2 * SEALED] + sealed[:SEALED] + sealed[2 * SEALED :]
    flipped = sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:]
    for wrong in (sealed[: 2 * SEALED], swapped, flipped, sealed[:-1]):
        with pytest.raises(CannotOpen):
            open_whole(KEY, wrong, b"c")
    for key, context in ((new_key(), b"c"), (KEY, b"d")):
        with pytest.raises(CannotOpen):
            open_whole(key, sealed, context)
