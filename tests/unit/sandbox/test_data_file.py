"""The data file: it survives restarts and `kill -9`, and several processes can share it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from pulumi_fastpix.sandbox import (
    DEMO_STREAM_ID,
    DataFileError,
    PlaybackIdNotFoundError,
    PortError,
    Sandbox,
    Store,
    StreamNotFoundError,
)
from pulumi_fastpix.sandbox.data.records import StreamSettings
from unit.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVE = """
import sys, threading
from pulumi_fastpix.sandbox import Sandbox
sandbox = Sandbox(sys.argv[1])
print(*sandbox.environment().values(), flush=True)
threading.Event().wait()
"""


@contextmanager
def another_process(data: Path) -> Iterator[tuple[subprocess.Popen[str], str, tuple[str, str]]]:
    """A sandbox on this file in another process: the process, its base URL and its credentials."""
    command = [sys.executable, "-c", _SERVE, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            base_url, token_id, secret, _ = process.stdout.readline().split()
            yield process, base_url, (token_id, secret)
        finally:
            process.kill()


def test_a_create_that_got_its_response_survives_kill_9(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    acknowledged = []
    with another_process(data) as (process, base_url, auth), requests.Session() as http:
        http.auth = auth
        for _ in range(20):
            response = http.post(f"{base_url}/live/streams/{DEMO_STREAM_ID}/playback-ids", json={}, timeout=10)
            acknowledged.append(response.json()["data"]["id"])
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with Sandbox(data) as sandbox:
        assert (sandbox.base_url, sandbox.access_token_id, sandbox.secret_key) == (base_url, *auth)
        assert [one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)][1:] == acknowledged


def test_two_processes_can_write_one_file_at_once(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    with (
        ThreadPoolExecutor(8) as pool,
        another_process(data) as (_, first, auth),
        another_process(data) as (_, second, same_auth),
    ):
        assert auth == same_auth
        assert first != second

        def create(base_url: str) -> str:
            path = f"{base_url}/live/streams/{DEMO_STREAM_ID}/playback-ids"
            response = requests.post(path, json={}, auth=auth, timeout=30)
            assert response.status_code == 201, response.text
            return str(response.json()["data"]["id"])

        created = list(pool.map(create, [first, second] * 20))
    with closing(Store(data)) as store:
        assert sorted(one.id for one in store.playback_ids.list(DEMO_STREAM_ID)[1:]) == sorted(created)


def test_stores_opened_on_a_new_file_at_once_agree_on_its_contents(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"

    def open_and_read(_: int) -> tuple[str, str]:
        with closing(Store(data)) as store:
            return store.access_tokens.default().secret, store.live_streams.get(DEMO_STREAM_ID).stream_key

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(open_and_read, range(16)))) == 1


def test_a_data_file_keeps_its_port_unless_it_is_in_use(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    with Sandbox(data) as first:
        assert first.moved_from is None
        with Sandbox(data) as second:
            assert second.base_url != first.base_url
            assert first.base_url == f"http://127.0.0.1:{second.moved_from}/v1"
    with Sandbox(data) as again:
        assert (again.base_url, again.moved_from) == (first.base_url, None)


def test_a_sandbox_that_can_not_start_listens_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its data file can't take the port, which is simulated: a full disk, for example."""
    with Sandbox(tmp_path / "sandbox.db") as sandbox:
        port = int(sandbox.base_url.split(":")[2].split("/")[0])

    def full(*_: object) -> None:
        raise DataFileError("full")

    monkeypatch.setattr(Store, "remember_port", full)
    with pytest.raises(DataFileError):
        Sandbox(tmp_path / "sandbox.db")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_a_port_asked_for_by_number_is_used_or_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=rf"cannot listen on port {port} .* Name another port"):
            Sandbox(tmp_path / "fastpix.db", port=port)
    with Sandbox(tmp_path / "fastpix.db", port=port) as sandbox:
        assert sandbox.base_url == f"http://127.0.0.1:{port}/v1"
    with Sandbox(tmp_path / "other.db") as first:
        pass
    with Sandbox(tmp_path / "other.db", port=port) as sandbox:
        assert sandbox.base_url == f"http://127.0.0.1:{port}/v1" != first.base_url
        assert sandbox.moved_from is None, "it was asked for"


def test_a_file_of_another_program_is_refused_and_not_changed(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="in an existing, writable directory"):
        Sandbox(tmp_path / "nowhere" / "fastpix.db")

    text = tmp_path / "notes.txt"
    text.write_text("Not a database, but long enough to be looked at. " * 100)
    with pytest.raises(DataFileError, match="not a database"):
        Sandbox(text)
    assert text.read_text().startswith("Not a database")

    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE cats (name TEXT)")
    before = foreign.read_bytes()
    with pytest.raises(DataFileError, match="SQLite file of another program"):
        Sandbox(foreign)
    assert foreign.read_bytes() == before


@pytest.mark.parametrize("version", [1, 99])
def test_a_file_of_another_version_is_refused_and_not_changed(version: int, tmp_path: Path) -> None:
    path = tmp_path / "fastpix.db"
    Store(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(DataFileError, match=rf"it has data format {version}, .* Name a new data file"):
        Sandbox(path)
    assert path.read_bytes() == before


def written_by_an_earlier_version(path: Path, number: int) -> Path:
    """A data file of an earlier format, with that version's own tables and rows."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript((Path(__file__).parent / f"data_file_of_format_{number}.sql").read_text())
        database.execute("PRAGMA application_id = 0x46505842")
        database.execute(f"PRAGMA user_version = {number}")
        database.execute("PRAGMA journal_mode = WAL")
    return path


@pytest.fixture
def file_of_format_2(tmp_path: Path) -> Path:
    """From before streams had a status."""
    return written_by_an_earlier_version(tmp_path / "fastpix.db", 2)


@pytest.fixture
def file_of_format_3(tmp_path: Path) -> Path:
    """From before there were signing keys."""
    return written_by_an_earlier_version(tmp_path / "fastpix.db", 3)


@pytest.fixture(params=[2, 3])
def earlier_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return written_by_an_earlier_version(tmp_path / "fastpix.db", request.param)


def test_a_file_from_before_streams_had_a_status_goes_on_with_all_it_holds(file_of_format_2: Path) -> None:
    of_metadata = "2f9f17f8a871915969702d17d99beb0a"
    with Sandbox(file_of_format_2) as sandbox, Client(sandbox) as http:
        assert sandbox.access_token_id == "sandbox-5e10ff7e"
        read = http.get(f"/live/streams/{of_metadata}").json()["data"]
        assert (read["status"], read["metadata"], read["reconnectWindow"]) == ("idle", {"team": "sports"}, 300)
        assert read["streamKey"] == f"ab3c04dd10429dfeb9694318d03a90b7k{of_metadata}"
        assert read["playbackIds"][0]["accessRestrictions"]["domains"]["allow"] == ["example.com"]
        sandbox.switches.idempotency_key = "replayed"
        replayed = http.post(
            f"/live/streams/{DEMO_STREAM_ID}/playback-ids", json={}, headers={"Idempotency-Key": "once"}
        )
        assert replayed.json()["data"]["id"] == "0cdf2807-730e-4ba2-850c-33f007015a08"
        assert (
            http.post(f"/live/streams/{of_metadata}/simulcast", json={"url": "u", "streamKey": "k"}).status_code == 201
        )
        assert http.put(f"/live/streams/{of_metadata}/live-disable").status_code == 200
    with closing(Store(file_of_format_2)) as store:
        assert [(stream.id, stream.status) for stream in store.live_streams.list()] == [
            (of_metadata, "disabled"),
            (DEMO_STREAM_ID, "idle"),
        ]
        assert [one.url for one in store.live_streams.get(of_metadata).simulcasts] == ["u"]


def test_a_file_from_before_signing_keys_goes_on_with_all_it_holds(file_of_format_3: Path) -> None:
    private = "55cc4c66-a395-42c2-8d86-34430c77b5d8"
    with Sandbox(file_of_format_3) as sandbox, Client(sandbox) as http:
        assert sandbox.access_token_id == "sandbox-b6ee8352"
        read = http.get(f"/live/streams/{DEMO_STREAM_ID}").json()["data"]
        assert read["status"] == "disabled"
        assert [one["url"] for one in read["simulcastResponses"]] == ["rtmp://example.com/live"]
        assert not sandbox.can_watch(private, origin="https://example.com")
        made = http.post("/iam/signing-keys").json()["data"]
    with closing(Store(file_of_format_3)) as store:
        assert [key.id for key in store.signing_keys.list()] == [made["id"]]
        assert store.playback_ids.restrictions(DEMO_STREAM_ID)[private]["domains"].allow == ("example.com",)


def test_a_file_of_an_earlier_format_gets_the_tables_of_a_new_one(earlier_file: Path, tmp_path: Path) -> None:
    def tables(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
        Store(path).close()
        with closing(sqlite3.connect(path)) as database:
            names = database.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
            return [(name, database.execute(f"PRAGMA table_info({name})").fetchall()) for (name,) in names]

    assert tables(earlier_file) == tables(tmp_path / "new.db")


def test_stores_opened_on_a_file_of_an_earlier_format_at_once_agree(earlier_file: Path) -> None:
    def created_at(_: int) -> str:
        with closing(Store(earlier_file)) as store:
            return store.live_streams.get(DEMO_STREAM_ID).created_at

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(created_at, range(16)))) == 1


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    with closing(Store(damaged)) as store:
        for _ in range(200):
            store.live_streams.create()
    with damaged.open("r+b") as file:
        for page in range(1, damaged.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    with pytest.raises(DataFileError, match="malformed"):
        Store(damaged)


def test_a_file_that_is_damaged_while_it_is_served_is_named_to_the_client(tmp_path: Path, ids: str) -> None:
    data = tmp_path / "fastpix.db"
    with Sandbox(data) as sandbox, Client(sandbox) as http:
        with closing(sqlite3.connect(data)) as another_program:
            another_program.execute("DROP TABLE playback_ids")
        response = http.post(ids, json={})
        assert response.status_code == 503
        assert response.json()["sandbox"].startswith(f"Cannot use {data} as the sandbox's data file (no such table")


def test_a_file_whose_tokens_were_all_revoked_gets_a_new_one_and_keeps_its_streams(tmp_path: Path) -> None:
    path = tmp_path / "fastpix.db"
    with closing(Store(path)) as store:
        store.access_tokens.revoke(store.access_tokens.default().id)
        ids = store.playback_ids.list(DEMO_STREAM_ID)
    with closing(Store(path)) as store:
        assert not store.access_tokens.default().read_only
        assert store.playback_ids.list(DEMO_STREAM_ID) == ids
        store.live_streams.delete(DEMO_STREAM_ID)
        store.access_tokens.revoke(store.access_tokens.default().id)
    with closing(Store(path)) as store, pytest.raises(StreamNotFoundError):
        store.playback_ids.list(DEMO_STREAM_ID)


def test_the_store_can_be_changed_without_a_request(sandbox: Sandbox) -> None:
    store = sandbox.store
    stream_id = store.live_streams.create("private", settings=StreamSettings(reconnect_window=90))
    assert re.fullmatch(r"[0-9a-f]{32}", stream_id)
    ((first, policy),) = store.playback_ids.list(stream_id)
    assert policy == "private"
    second = store.playback_ids.create(stream_id, "public")
    assert store.playback_ids.list(stream_id) == [(first, "private"), (second, "public")]
    store.playback_ids.delete(stream_id, first)
    assert store.playback_ids.list(stream_id) == [(second, "public")]
    with pytest.raises(PlaybackIdNotFoundError):
        store.playback_ids.delete(stream_id, first)
    assert [stream.id for stream in store.live_streams.list()] == [stream_id, DEMO_STREAM_ID]
    assert store.live_streams.count() == 2
    store.live_streams.delete(stream_id)
    assert [stream.id for stream in store.live_streams.list()] == [DEMO_STREAM_ID]
    for refuses in (store.live_streams.delete, store.playback_ids.list, store.playback_ids.create):
        with pytest.raises(StreamNotFoundError, match=stream_id):
            refuses(stream_id)


def test_a_seed_gives_the_same_ids_on_every_new_file_and_no_id_twice_on_one(tmp_path: Path) -> None:
    def made(data: Path | None) -> list[str]:
        with closing(Store(data, seed=7)) as store:
            return [store.live_streams.create(), store.playback_ids.create(DEMO_STREAM_ID)]

    assert made(None) == made(None)
    data = tmp_path / "fastpix.db"
    assert not set(made(data)) & set(made(data))
