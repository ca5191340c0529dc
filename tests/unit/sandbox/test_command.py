"""`pulumi-fastpix sandbox` as a user runs it: real processes, real signals."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from pulumi_fastpix.cli.subcommands import main
from pulumi_fastpix.sandbox import Sandbox
from support.forked_python import forked
from unit.sandbox.command import COMMAND, page_and_rest


def called(*arguments: str) -> Result:
    """Like `run`, but in this process; the output of its child processes is not in the result."""
    return CliRunner().invoke(main, arguments)


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; a real one, if it has an environment of its own."""
    command = COMMAND if env else forked("pulumi-fastpix")
    return subprocess.run([command, *arguments], capture_output=True, text=True, timeout=60, check=False, env=env)


def serve(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([COMMAND, "sandbox", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def exports(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    found = [re.fullmatch(r"export (\w+)=(.*)\n", line) for line in lines]
    return {match[1]: shlex.split(match[2])[0] for match in found if match}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return int(chosen.getsockname()[1])


def test_it_serves_until_it_is_stopped_and_shows_each_request(tmp_path: Path) -> None:
    def session(number: signal.Signals) -> None:
        data, log = tmp_path / f"{number}.db", tmp_path / f"{number}.jsonl"
        with serve("--data", str(data), "--log", str(log), "--latency", "0.01") as process:
            environment = exports(process)
            base_url = environment["FASTPIX_BASE_URL"]
            assert environment["FASTPIX_SANDBOX"] == base_url
            auth = (environment["FASTPIX_USERNAME"], environment["FASTPIX_PASSWORD"])
            assert requests.get(f"{base_url}/live/streams", auth=auth, timeout=10).status_code == 200
            process.send_signal(number)
            rest, shown = process.communicate(timeout=10)
        assert (process.returncode, rest) == (0, "")
        assert "Traceback" not in shown
        assert "1111aaaa2222bbbb3333cccc4444dddd" in shown
        assert re.search(rf": {re.escape(base_url.removesuffix('v1'))}\?token=[0-9a-f]{{32}}\n", shown)
        assert re.search(r"#1 GET /v1/live/streams: 200, \d+ ms", shown)
        (line,) = log.read_text().splitlines()
        assert json.loads(line)["status"] == 200
        assert auth[1] not in line + shown

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(session, [signal.SIGINT, signal.SIGTERM]))


def test_exec_runs_a_command_in_the_sandboxs_environment(tmp_path: Path) -> None:
    ask = (
        "import os, requests\n"
        "e = os.environ\n"
        "assert e['FASTPIX_SANDBOX'] == e['FASTPIX_BASE_URL']\n"
        "auth = (e['FASTPIX_USERNAME'], e['FASTPIX_PASSWORD'])\n"
        "print(requests.get(e['FASTPIX_BASE_URL'] + '/live/streams', auth=auth, timeout=10).status_code)\n"
        "raise SystemExit(7)"
    )
    log = tmp_path / "requests.jsonl"
    options = ["--fault", "kind=status,status=503,method=GET,path=*/streams", "--log", str(log)]
    done = run("sandbox", "exec", *options, "--", forked("python"), "-c", ask)
    assert (done.returncode, done.stdout, page_and_rest(done.stderr)[1]) == (7, "503\n", "")
    assert json.loads(log.read_text())["path"] == "/v1/live/streams"


def test_exec_lets_addresses_lead_to_the_sandbox_if_it_is_told_to() -> None:
    ask = (
        "import os, requests\n"
        "from pulumi_fastpix.resources.addresses import hls_url\n"
        "e = os.environ\n"
        "auth = (e['FASTPIX_USERNAME'], e['FASTPIX_PASSWORD'])\n"
        "stream = e['FASTPIX_BASE_URL'] + '/live/streams/1111aaaa2222bbbb3333cccc4444dddd'\n"
        "(one,) = requests.get(stream, auth=auth, timeout=10).json()['data']['playbackIds']\n"
        "address = hls_url(one['id'])\n"
        "print(requests.get(address, timeout=10).status_code if '127.0.0.1' in address else 'FastPix')"
    )
    for option, printed in ((["--stream-host"], "200\n"), ([], "FastPix\n")):
        done = run("sandbox", "exec", *option, "--", forked("python"), "-c", ask)
        assert (done.returncode, done.stdout, page_and_rest(done.stderr)[1]) == (0, printed, "")


def test_options_set_switches_and_faults() -> None:
    ask = (
        "import os, requests\n"
        "stream = os.environ['FASTPIX_BASE_URL'] + '/live/streams/1111aaaa2222bbbb3333cccc4444dddd'\n"
        "auth = (os.environ['FASTPIX_USERNAME'], os.environ['FASTPIX_PASSWORD'])\n"
        "for below in ('', '', '/playback-ids/none'):\n"
        "    response = requests.get(stream + below, auth=auth, timeout=10)\n"
        "    print(response.status_code, response.headers['content-type'].partition(';')[0])"
    )
    switches = ["--switch", "malformed-playback-id=404", "--switch", "stream-status=active"]
    faults = ["--fault", "kind=status,status=502,body=html,times=1,rate=1.0", "--fault", "kind=latency,seconds=0.01"]
    done = run("sandbox", "exec", *switches, *faults, "--", forked("python"), "-c", ask)
    _, complaints = page_and_rest(done.stderr)
    assert (done.stdout, complaints) == ("502 text/html\n200 application/json\n404 application/json\n", "")


def test_the_help_shows_how_to_point_fastpixs_own_sdk_at_the_sandbox() -> None:
    shown = called("sandbox", "exec", "--help").output
    (snippet,) = re.findall(r"^  Python:\n    (.*)$", shown, flags=re.MULTILINE)
    page = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text()
    assert snippet in page
    (of_node,) = re.findall(r"^  Node:\n    (.*)$", shown, flags=re.MULTILINE)
    assert of_node in page
    lists = (
        "import os\n"
        "from fastpix_python import Fastpix\n"
        f"{snippet}\n"
        "print(*(stream.stream_id for stream in fastpix.manage_live_stream.get_all_streams().data))"
    )
    done = run("sandbox", "exec", "--", forked("python"), "-c", lists)
    assert (done.stdout, page_and_rest(done.stderr)[1]) == ("1111aaaa2222bbbb3333cccc4444dddd\n", "")


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (["sh", "-c", "exit 0"], 0, ""),
        (["sh", "-c", "kill -9 $$"], 137, ""),
        (["no-such-command"], 127, "there is no such command"),
        ([str(Path(__file__).parent)], 126, "a program you may run"),
    ],
)
def test_exec_exits_with_the_status_of_its_command(command: list[str], status: int, message: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    done = called("sandbox", "exec", "--", *command)
    assert done.exit_code == status
    _, complaint = page_and_rest(done.output)
    assert message in complaint
    assert complaint.count("\n") == bool(message)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_files_of_a_sandbox_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    ask = "import os, sys; print(*(oct(os.stat(path).st_mode)[-3:] for path in sys.argv[1:]))"

    def modes(umask: str, data: Path, log: Path) -> str:
        target = data.resolve()
        files = [str(target), f"{target}-wal", f"{target}-shm", str(log)]
        options = ["sandbox", "exec", "--data", str(data), "--log", str(log), "--"]
        command = shlex.join([COMMAND, *options, sys.executable, "-c", ask, *files])
        return subprocess.run(
            ["sh", "-c", f"umask {umask}; {command}"], capture_output=True, text=True, check=True
        ).stdout

    assert modes("000", tmp_path / "new.db", tmp_path / "new.jsonl") == "600 600 600 600\n"
    assert modes("277", tmp_path / "strict.db", tmp_path / "strict.jsonl") == "600 600 600 600\n"
    (tmp_path / "new.db").chmod(0o640)
    assert modes("000", tmp_path / "new.db", tmp_path / "new.jsonl") == "640 640 640 600\n", "it existed"
    (tmp_path / "link.db").symlink_to(tmp_path / "target.db")
    assert modes("000", tmp_path / "link.db", tmp_path / "new.jsonl") == "600 600 600 600\n"


def test_a_data_file_whose_port_is_in_use_is_served_at_another_one_with_a_note(tmp_path: Path) -> None:
    data = str(tmp_path / "fastpix.db")
    with serve("--data", data) as first:
        port = exports(first)["FASTPIX_BASE_URL"].split(":")[2].removesuffix("/v1")
        moved, _, rest = run("sandbox", "exec", "--data", data, "--", "true").stderr.partition("\n")
        assert moved.startswith(
            f"Port {port}, on which this data file was first served, is in use. The base URL is now "
        )
        assert moved.endswith("written down, such as in a stack's configuration or a fastpix.Provider.")
        assert f":{port}/" not in page_and_rest(rest)[0]
        chosen_port = run("sandbox", "exec", "--data", data, "--port", str(free_port()), "--", "true")
        assert page_and_rest(chosen_port.stderr)[1] == ""
        first.terminate()


def test_exec_joins_the_sandbox_that_serves_the_data_file_if_it_is_told_to(tmp_path: Path) -> None:
    data = str(tmp_path / "fastpix.db")
    asks = (
        "import os, requests\n"
        "e = os.environ\n"
        "auth = (e['FASTPIX_USERNAME'], e['FASTPIX_PASSWORD'])\n"
        "assert e['FASTPIX_STREAM_URL'] + '/v1' == e['FASTPIX_BASE_URL']\n"
        "print(e['FASTPIX_BASE_URL'], requests.get(e['FASTPIX_BASE_URL'] + '/live/streams', auth=auth, timeout=10))"
    )
    joins = ("sandbox", "exec", "--join", "--data", data, "--stream-host", "--", forked("python"), "-c", asks)
    with serve("--data", data, "--fault", "kind=status,status=503") as first:
        base_url = exports(first)["FASTPIX_BASE_URL"]
        joined = run(*joins)
        first.terminate()
        _, shown = first.communicate(timeout=10)
    assert (joined.stdout, page_and_rest(joined.stderr)[1]) == (f"{base_url} <Response [503]>\n", "")
    assert page_and_rest(joined.stderr)[0] in shown
    assert "#1 GET /v1/live/streams: 503" in shown
    alone = run(*joins)
    assert (alone.stdout, page_and_rest(alone.stderr)[1]) == (f"{base_url} <Response [200]>\n", "")
    port = int(base_url.split(":")[2].removesuffix("/v1"))
    with Sandbox(port=port):  # another one, of other data
        moved = run(*joins)
    assert (base_url in moved.stdout, "<Response [200]>" in moved.stdout) == (False, True)
    assert moved.stderr.startswith(f"Port {port}, on which this data file was first served, is in use.")
    for arguments in (["--fault", "kind=drop", "--data", data], [], ["--port", "1"]):
        refused = called("sandbox", "exec", "--join", *arguments, "--", "true")
        told = "--join takes --data, perhaps --port, and no other option" in refused.output
        assert (refused.exit_code, told) == (2, True)


def test_exec_joins_a_sandbox_whose_secret_or_port_has_changed(tmp_path: Path) -> None:
    data = str(tmp_path / "fastpix.db")
    asks = "import os; print(os.environ['FASTPIX_BASE_URL'], os.environ['FASTPIX_PASSWORD'])"
    with Sandbox(data) as first, Sandbox(data, port=free_port()) as second:
        secret = first.store.access_tokens.rotate_secret(first.access_token_id)
        for sandbox, options in ((first, []), (second, ["--port", second.base_url.split(":")[2].removesuffix("/v1")])):
            joined = run("sandbox", "exec", "--join", "--data", data, *options, "--", forked("python"), "-c", asks)
            assert joined.stdout == f"{sandbox.base_url} {secret}\n"
            assert page_and_rest(joined.stderr)[1] == ""
            assert requests.get(page_and_rest(joined.stderr)[0], allow_redirects=False, timeout=10).status_code == 303


def test_a_data_file_whose_name_is_too_long_is_refused_in_a_sentence(tmp_path: Path) -> None:
    refused = called("sandbox", "exec", "--join", "--data", str(tmp_path / ("x" * 300)), "--", "true")
    assert (refused.exit_code, "Name a file in an existing, writable directory" in refused.output) == (1, True)


def test_a_log_that_cannot_be_written_does_not_cost_a_response() -> None:
    asks = (
        "import os, urllib.request, urllib.error\n"
        "try: urllib.request.urlopen(os.environ['FASTPIX_BASE_URL'] + '/live/streams')\n"
        "except urllib.error.HTTPError as error: print(error.code)"
    )
    done = run("sandbox", "exec", "--log", "/dev/full", "--", forked("python"), "-c", asks)
    assert done.stdout == "401\n"
    assert page_and_rest(done.stderr)[1] == "Request #1 is missing in /dev/full: No space left on device.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--latency", "1", "exec", "--", "true"], "Put the options after `exec`, not before it."),
        (["--", "pulumi", "up"], "put `exec` before it: pulumi-fastpix sandbox exec -- pulumi …"),
        (["--port", "1", "pulumi", "up"], "put `exec` before it: pulumi-fastpix sandbox exec -- pulumi …"),
        (
            ["exec", "--fault", "kind=earthquake", "--", "true"],
            "kind must be 'latency', 'rate-limit', 'status', 'drop', ",
        ),
        (
            ["exec", "--fault", "kind=drop,colour=red", "--", "true"],
            "there is no 'colour', but there are kind, method, ",
        ),
        (["exec", "--fault", "kind=drop,path=/live", "--", "true"], "path must begin with /v1/ or with *"),
        (
            ["exec", "--fault", "kind=drop,times=many", "--", "true"],
            "times must be a whole number. For example: --fault",
        ),
        (["exec", "--fault", "kind=latency,seconds=1e308", "--", "true"], "seconds must be at most 86400."),
        (["exec", "--fault", "times=1", "--", "true"], "kind is missing. For example: --fault kind=status,status=502"),
        (["exec", "--fault", "drop", "--", "true"], "'drop' is not of the form name=value"),
        (["exec", "--fault", "kind=drop,times=1,times=3", "--", "true"], "times is given twice"),
        (
            ["exec", "--switch", "gravity=off", "--", "true"],
            "there is no 'gravity', but there are malformed-playback-id, ",
        ),
        (["exec", "--switch", "busy-stream=maybe", "--", "true"], "busy-stream must be 'allowed' or 'refused'."),
        (["exec", "--switch", "max-playback-ids=few", "--", "true"], "max-playback-ids must be a whole number."),
        (["exec", "--latency", "nan", "--", "true"], "nan is not a number of seconds"),
        (["exec", "--rate-limit", "many", "--", "true"], "is not of the form REQUESTS/SECONDS"),
        (["exec", "--rate-limit", "10/1e308", "--", "true"], "seconds must be at most 86400."),
        (["exec", "--data", "/nowhere/fastpix.db", "--", "true"], "Name a file in an existing, writable"),
        (
            ["exec", "--log", "/nowhere/log", "--", "true"],
            "Cannot write the log /nowhere/log (No such file or directory)",
        ),
    ],
)
def test_invalid_options_are_refused_with_a_way_out(arguments: list[str], message: str) -> None:
    done = called("sandbox", *arguments)
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code != 0
    assert message in done.output


def test_without_the_extra_the_command_names_the_package_to_install(tmp_path: Path) -> None:
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError('starlette', name='starlette')")
    without = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = run("sandbox", "exec", "--data", "x", "--", "true", env=without)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: `pulumi-fastpix sandbox` needs more packages: run  pip install 'pulumi-fastpix[sandbox]'\n"
    )
    assert "Not installed: run pip install 'pulumi-fastpix[sandbox]'" in run("--help", env=without).stdout


def test_help_shows_how_to_call_the_command() -> None:
    assert run("--version").stdout.startswith("pulumi-fastpix 0.")
    shown = called("sandbox", "--help").output
    assert "pulumi-fastpix sandbox exec --data fastpix.db -- pulumi up\n" in shown
    assert "sandbox exec [OPTIONS] -- COMMAND…\n" in called("sandbox", "exec", "--help").output
