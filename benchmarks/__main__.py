"""The command `make benchmark`: takes turns, keeps the results, shows them, and writes them into a page."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import ROOT
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.measuring import measure
from benchmarks.page import tables, write_page
from benchmarks.results import Results, Sample
from benchmarks.server import Server, serving
from benchmarks.work import Operation, Work, usual_streams
from support.engine import find_engine


def main(arguments: Sequence[str]) -> None:
    """Measure what is missing in the file of results, then show it all."""
    options = _parser().parse_args(arguments)
    find_engine()
    results = Results.load(options.results)
    # The rounds are the outermost: what a busy hour does to one contender, it does to all.
    turns = list(_turns(options, results))
    circumstances = results.begin(_command(options)) if turns else 0
    deadline = time.monotonic() + 60 * options.minutes
    for done, (turn, work, contender) in enumerate(turns):
        if time.monotonic() > deadline:
            print(f"{len(turns) - done} turns are left for the next run.")
            break
        print(f"round {turn}, {work.name}: {contender.name}", flush=True)
        results.samples.append(_sample(contender, work, turn, circumstances))
        results.save(options.results)
    print(tables(results))
    if options.page is not None:
        write_page(options.page, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make benchmark ARGS=…",
        description="Measure both providers and others, in turn, on the sandbox. Needs an idle machine.",
        epilog="A run measures what is missing in the results; remove that file to begin anew.",
    )
    parser.add_argument("--ids", type=int, nargs="+", default=[1, 50, 200, 1000], help="how many playback IDs")
    parser.add_argument("--streams", type=int, help="how many streams they are on; one for each 20 by default")
    parser.add_argument("--latency", type=float, nargs="+", default=[0.02, 0.1, 0.5], help="seconds for each request")
    parser.add_argument("--rounds", type=int, default=3, help="0 only shows the results")
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=[*CONTENDERS], metavar="NAME",
                        help=f"{', '.join(CONTENDERS)}; all by default")  # fmt: skip
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no turn after that time")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "benchmarks.json", help="the file of results")
    parser.add_argument(
        "--page", type=Path, help="write the tables and plots into this page, such as docs/benchmarks.md"
    )
    return parser


def _command(options: argparse.Namespace) -> str:
    """The command that measures the same, without the files of this machine."""
    chosen = {"ids": options.ids, "latency": options.latency, "rounds": [options.rounds]}
    if options.streams is not None:
        chosen["streams"] = [options.streams]
    if options.contenders != [*CONTENDERS]:
        chosen["contenders"] = options.contenders
    arguments = [f"--{name} {' '.join(map(str, values))}" for name, values in chosen.items()]
    return f"make benchmark ARGS='{' '.join(arguments)}'"


def _turns(options: argparse.Namespace, results: Results) -> Iterator[tuple[int, Work, Contender]]:
    present = [CONTENDERS[name] for name in options.contenders]
    for contender in present:
        if missing := contender.missing():
            print(f"Left out: {contender.name}: {missing}.")
    present = [contender for contender in present if contender.missing() is None]
    for turn in range(1, options.rounds + 1):
        for latency in options.latency:
            for ids in options.ids:
                work = Work(ids, latency, options.streams or usual_streams(ids))
                # Nobody is always the first one.
                for contender in present if turn % 2 else reversed(present):
                    if ids in contender.ids and not results.has(contender.name, work, turn):
                        yield turn, work, contender


def _sample(contender: Contender, work: Work, turn: int, circumstances: int) -> Sample:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        with serving(folder, work) as server:
            (folder / "contender").mkdir()
            prepared = contender.prepare(folder / "contender", work, server)
            measured, state = {}, 0
            for operation in contender.operations:
                command = prepared.command(operation)
                measured[operation] = measure(command, prepared.folder, prepared.environ, server)
                _check(contender, operation, work, server)
                state = state or prepared.state.stat().st_size
            return Sample(contender.name, work, turn, measured, state, circumstances)


def _check(contender: Contender, operation: Operation, work: Work, server: Server) -> None:
    """Whoever is fast because it did something else isn't measured."""
    wanted = [] if operation == "destroy" else ["private" if operation == "replace all" else "public"] * work.ids
    if contender.makes_playback_ids and server.policies() != wanted:
        raise RuntimeError(f"{contender.name}: {operation} left other playback IDs than {len(wanted)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
