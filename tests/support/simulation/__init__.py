"""Random schedules: what a stack and its provider can go through, tried thousands of times on simulated time.

A *schedule* (`schedule.py`) is a list of Pulumi commands for one stack: creates of streams and playback IDs, changes in
place, deletes, refreshes and lookups, on one or more threads, together with all that goes wrong meanwhile. The server
loses responses, finishes late or responds with error pages; somebody else creates, changes and deletes in the same
lists; the credentials are wrong. `drawing.py` draws a schedule from its number, so that schedule 1234 is the same in
every run of the tests.

A *run* (`run.py`) performs a schedule. The code under test is the provider's own client and lifecycle, reached through
`code_under_test.py` only; the other side is the sandbox's own application. Between them stands `network.py`, which
hands each request to `server.py` without a socket.

Time is *simulated*: it is a number, and moves on to the next event when all threads wait. An hour costs nothing.
`scheduler.py` lets one thread run at a time, and switches at every request, sleep and condition to a thread that a
seeded generator picks. So a run meets the bad orders of events, and meets the same ones when it is performed again.

A stream and a playback ID are both an *object* here: it is in a list (its *place*: the workspace, or its stream), has
a *look* that others in the list may have, too, and *groups* that are changed in place (`groups.py`). So all that is
promised of one is promised of the other.

`chronicle.py` records what really happened at the server and in the provider. After each command, and once more when
all late work is done, every *promise* (`promises.py`, `promises_about_changes.py`) is checked on that record, with the
questions of `evidence.py` and `evidence_of_changes.py`.

When a promise is broken, `reduction.py` cuts the schedule down to a short one that breaks it as well. The failure shows
it as Python code, to be pasted into tests/model/test_regressions.py, and the command that repeats it by its number.

A *killing* (`killings.py`) is another kind of schedule: `killed_run.py` lets a process die at one of the moments at
which its threads take turns, has `recover` look at what is left in the state, in the journal and at the server, and
performs the next run. What is promised of that is in `promises_about_killings.py`.
"""
