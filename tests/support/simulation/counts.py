"""Counts how much the schedules put to the test: a promise that was never at risk proves nothing."""

from __future__ import annotations

import hashlib
from collections import Counter

from pulumi_fastpix.errors import CreateInDoubtError
from support.simulation.code_under_test import WORKSPACE
from support.simulation.evidence import claimed_foreign_id, claims, created_behind_an_error, orphans, unnamed_orphans
from support.simulation.evidence_of_changes import finished
from support.simulation.groups import RULES
from support.simulation.report import DIGEST
from support.simulation.run import Run


def count(run: Run) -> Counter[str]:
    """What happened in a run that has ended. The order of the lines is the order of the report."""
    creates = [operation for operation in run.chronicle.operations if operation.kind == "create"]
    in_doubt = [create.error.happened for create in creates if isinstance(create.error, CreateInDoubtError)]
    claimed = list(claims(run.chronicle))
    updates = [operation for operation in run.chronicle.operations if operation.kind == "update"]
    exchanges = [exchange for operation in run.chronicle.operations for exchange in operation.exchanges]
    left, unnamed = list(orphans(run)), list(unnamed_orphans(run))
    return Counter(
        {
            "schedules": 1,
            "requests": len(exchanges),
            "creates": len(creates),
            "of these, of streams": sum(one.place == WORKSPACE for one in creates),
            "creates in doubt": sum(bool(create.posts_in_doubt) for create in creates),
            "claims": len(claimed),
            "claims of somebody else's object, announced": sum(
                claimed_foreign_id(run.chronicle, one) for one in claimed
            ),
            "creates that failed in doubt": len(in_doubt),
            "of these, with ids named": sum(any(one in text for one in run.chronicle.creations) for text in in_doubt),
            "orphans that an error or an announcement named": len(left) - len(unnamed),
            "orphans that were announced as possible": len(unnamed),
            "objects created after an error response and after settling": len(list(created_behind_an_error(run))),
            "creates with access restrictions": sum(bool(create.declared.keys() & set(RULES)) for create in creates),
            "updates in place": len(updates),
            "requests to change something": sum(one.method == "PATCH" for one in exchanges),
            "of these, in doubt": sum(one.change_in_doubt for one in exchanges),
            "changed by somebody else": sum(one.by is None for one in run.chronicle.changes),
            "objects partly done": sum(bool(one.partly_done) for one in [*creates, *updates]),
            "finished by the next update": len(list(finished(run))),
            "refreshes and deletes": sum(one.kind in {"refresh", "delete"} for one in run.chronicle.operations),
            "objects removed from the state": sum(one.removed_from_state for one in run.chronicle.operations),
            DIGEST: _digest(run),
        }
    )


def _digest(run: Run) -> int:
    """A number that is the same whenever the same schedule took the same course, down to each request's time."""
    course = f"{run.schedule}\n{run.chronicle}\n{run.chronicle.stderr.getvalue()}"
    return int.from_bytes(hashlib.sha256(course.encode()).digest()[:8], "big")
