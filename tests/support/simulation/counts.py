"""How much the schedules put to the test: a law that was never in danger says nothing."""

from __future__ import annotations

from collections import Counter

from pulumi_fastpix.errors import CreateInDoubtError
from support.simulation.evidence import behind_an_answer, claims, of_others, orphans, unnamed
from support.simulation.run import Run


def count(run: Run) -> Counter[str]:
    """What happened in a run that is over. The order of the lines is the order of the report."""
    creates = [operation for operation in run.chronicle.operations if operation.kind == "create"]
    failures = [create.error.happened for create in creates if isinstance(create.error, CreateInDoubtError)]
    claimed = list(claims(run.chronicle))
    left, not_named = list(orphans(run)), list(unnamed(run))
    return Counter(
        {
            "schedules": 1,
            "requests": sum(len(operation.exchanges) for operation in run.chronicle.operations),
            "creates": len(creates),
            "creates in doubt": sum(bool(create.uncertain_posts) for create in creates),
            "claims": len(claimed),
            "claims of somebody else's ID, announced": sum(of_others(run.chronicle, claim) for claim in claimed),
            "creates that failed in doubt": len(failures),
            "of these, naming IDs": sum(any(birth in text for birth in run.chronicle.births) for text in failures),
            "IDs left over, named by a failure": len(left) - len(not_named),
            "IDs left over, said to appear": len(not_named),
            "IDs that came after an answer and after settling": len(list(behind_an_answer(run))),
            "refreshes and deletes": sum(one.kind in {"refresh", "delete"} for one in run.chronicle.operations),
            "IDs dropped from the state": sum(one.dropped for one in run.chronicle.operations),
        }
    )
