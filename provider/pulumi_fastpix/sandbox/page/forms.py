"""What the page's forms do: faults, switches, statuses of streams, the list of requests, access tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.data.records import StreamStatus
from pulumi_fastpix.sandbox.errors import DataFileError, SandboxError
from pulumi_fastpix.sandbox.faults.fault import FAULT, FIELDS
from pulumi_fastpix.sandbox.page.fault_fields import REQUEST_INPUTS
from pulumi_fastpix.sandbox.problems import problems_of
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.page.parts import Parts

Form: TypeAlias = Mapping[str, str]

_STATUS = TypeAdapter(dict[str, StreamStatus])


class ProblemError(Exception):
    """Nothing was changed, and this is why."""


@dataclass(frozen=True)
class _Action:
    """What a form does.

    Attributes:
        section: the part of the page that shows its effect.
        perform: does it.
        in_data_file: whether it writes to the data file.
    """

    section: str
    perform: Callable[[Form], object]
    in_data_file: bool = False


class Forms:
    """The forms, by the last part of the path that they are sent to."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self._faults = parts.faults
        self._switches = parts.switches
        self._clock = parts.clock
        tokens = parts.store.access_tokens
        self._actions = {
            "add-fault": _Action("faults", self._add_fault),
            "remove-fault": _Action("faults", self._remove_fault),
            "clear-faults": _Action("faults", lambda _: parts.faults.clear()),
            "set-switches": _Action("switches", lambda form: self._set(Switches.from_text(_given(form)))),
            "reset-switches": _Action("switches", lambda _: self._set(Switches())),
            "clear-requests": _Action("requests", lambda _: parts.request_log.clear()),
            "set-status": _Action("streams", self._set_status, in_data_file=True),
            "renew-secret": _Action("tokens", lambda form: tokens.rotate_secret(_one(form, "id")), in_data_file=True),
            "revoke-token": _Action("tokens", lambda form: tokens.revoke(_one(form, "id")), in_data_file=True),
        }
        self.names = tuple(self._actions)

    async def perform(self, name: str, form: Form) -> str:
        """Do what the form is for; returns the part of the page that shows it.

        Raises:
            ProblemError: nothing was changed.
            DataFileError: the data file can't be used, or another process has it locked.
        """
        action = self._actions[name]
        try:
            if action.in_data_file:
                await in_one_transaction(self._store, self._clock, lambda: action.perform(form), writing=True)
            else:
                action.perform(form)
        except ValidationError as error:
            fields = FIELDS if action.section == "faults" else tuple(Switches.model_fields)
            raise ProblemError(f"{problems_of(error, fields)}.") from error
        except DataFileError:
            raise
        except SandboxError as error:
            raise ProblemError(str(error)) from error
        return action.section

    def _add_fault(self, form: Form) -> None:
        kind = _one(form, "kind")
        # The fields of all kinds are sent: each has its kind in front.
        own = {name.removeprefix(f"{kind}."): value for name, value in form.items() if name.startswith(f"{kind}.")}
        common = {field.name: form.get(field.name, "") for field in REQUEST_INPUTS}
        self._faults.add(FAULT.validate_strings({"kind": kind, **_given(common), **_given(own)}))

    def _remove_fault(self, form: Form) -> None:
        number = _one(form, "number")
        if not number.isdecimal() or len(number) > 9:
            raise ProblemError("There is no such fault.")
        self._faults.remove(int(number))

    def _set(self, positions: Switches) -> None:
        for name, position in positions:
            setattr(self._switches, name, position)

    def _set_status(self, form: Form) -> None:
        for stream_id, status in _STATUS.validate_python({_one(form, "id"): _one(form, "status")}).items():
            self._store.live_streams.set_status(stream_id, status, workspace=_one(form, "workspace"))


def read_form(body: bytes) -> Form:
    """The fields of a form as a browser sends it.

    Raises:
        ProblemError: it isn't one.
    """
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise ProblemError("This is not a form of the page.") from error


def _one(form: Form, name: str) -> str:
    try:
        return form[name]
    except KeyError:
        raise ProblemError(f"The form lacks {name!r}.") from None


def _given(form: Form) -> dict[str, str]:
    """The fields that were filled in."""
    return {name: value.strip() for name, value in form.items() if value.strip()}
