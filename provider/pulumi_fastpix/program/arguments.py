"""The arguments of resource classes: taken in either of two forms, and refused under the names that programs use."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_fastpix.program.access import STATE_NAMES, as_stored
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.names import python_name, state_name


def inputs_of(
    resource: str, args_class: type, args: object, given: Mapping[str, Any], lookup_keys: Iterable[str] = ()
) -> dict[str, Any]:
    """The inputs by the state's names, as the SDK takes them. A new dict each time.

    Args:
        resource: the resource class, as programs call it.
        args_class: takes all its inputs as keywords.
        args: the inputs in one object of that class.
        given: the inputs as keywords, instead.
        lookup_keys: the state's names of what else may be given, because the object is looked up.

    Raises:
        TypeError: the inputs were given in both forms, or a required one in neither; or an argument is unknown.
    """
    parameters = inspect.signature(args_class).parameters
    names = [*parameters, *map(python_name, lookup_keys)]
    for name in given:
        if name not in names:
            raise TypeError(_unknown_argument(resource, name, list(parameters)))
    if args is None:
        for name, parameter in parameters.items():
            if parameter.default is parameter.empty and given.get(name) is None:
                raise TypeError(f"{resource} needs {name}=.")
    elif not isinstance(args, args_class):
        raise TypeError(
            f"The second argument of {resource} must be a {args_class.__name__} or ResourceOptions, not a "
            f"{type(args).__name__}. Give inputs as keywords, such as {names[0]}=…, and options as opts=…."
        )
    elif any(value is not None for value in given.values()):
        raise TypeError(f"{resource} takes its inputs from {args_class.__name__} or from keywords, not both.")
    else:
        given = vars(args)
    return {state_name(name): _as_stored(state_name(name), given.get(name)) for name in names}


def _as_stored(key: str, value: Any) -> Any:
    # Only here are keys ours: those of metadata are the user's own.
    return as_stored(value, STATE_NAMES) if key == ACCESS_RESTRICTIONS else as_stored(value)


def _unknown_argument(resource: str, name: str, inputs: Sequence[str]) -> str:
    meant = python_name(name)
    hint = f": did you mean {meant}?" if meant in inputs else f". Its {_and(inputs)}."
    return f"{resource} has no argument {name}{hint}"


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return f"inputs are {', '.join(others)} and {last}" if others else f"only input is {last}"
