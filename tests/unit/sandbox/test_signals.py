"""What becomes of signals to `pulumi-fastpix sandbox`, and of those to a command that it runs: real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from unit.sandbox.command import COMMAND, page_and_rest


def test_exec_waits_for_its_command_on_ctrl_c_and_passes_sigterm_on() -> None:
    """Ctrl-C goes to the whole foreground group: the command must get it only once, and has to clean up."""
    tidies = (
        "import signal, sys, time\n"
        "received = []\n"
        "signal.signal(signal.SIGINT, lambda *_: received.append('int'))\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('term after ' + ' '.join(received)))\n"
        "print('ready', flush=True)\n"
        "while not received: time.sleep(0.01)\n"
        "print('tidying', flush=True)\n"
        "time.sleep(60)"
    )
    command = [COMMAND, "sandbox", "exec", "--", sys.executable, "-c", tidies]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "tidying\n"
        process.send_signal(signal.SIGTERM)
        _, shown = process.communicate(timeout=10)
    assert process.returncode == 1
    assert page_and_rest(shown)[1] == "term after int\n"


@pytest.mark.parametrize("arguments", [["sandbox"], ["sandbox", "exec", "--", "sleep", "60"]])
def test_a_signal_is_handled_whichever_thread_the_system_gives_it_to(arguments: list[str]) -> None:
    signals_itself = (
        "import signal, sys, threading, time\n"
        "from pulumi_fastpix.cli.subcommands import main\n"
        "def thread():\n"
        "    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL: time.sleep(0.01)\n"
        "    time.sleep(0.5)  # the main thread waits by now\n"
        "    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)\n"
        "threading.Thread(target=thread, daemon=True).start()\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", signals_itself, *arguments], capture_output=True, timeout=20, check=False
    )
    assert done.returncode == (143 if "exec" in arguments else 0)


def test_exec_ignores_the_signals_that_it_was_started_to_ignore() -> None:
    """`nohup` ignores SIGHUP for the command and for every process that the command starts."""
    asks = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    under_nohup = f"trap '' HUP; exec {COMMAND} sandbox exec -- {sys.executable} -c '{asks}'"
    done = subprocess.run(["sh", "-c", under_nohup], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
