"""A second FastPix account in one program: a provider resource with settings of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.resources.names import DYNAMIC_PACKAGE, NATIVE_PACKAGE
from pulumi_fastpix.settings.addresses import normalise_base_url
from pulumi_fastpix.settings.credentials import foreign_characters_in
from pulumi_fastpix.settings.names import PROVIDER_RESOURCE


class DeclaredProvider:
    """How a FastPix account or workspace is declared. The dynamic and the native provider have a class made of this."""

    def __init__(
        self,
        resource_name: str,
        *,
        access_token_id: Input[str],
        secret_key: Input[str],
        base_url: Input[str] | None = None,
        timeout_seconds: Input[float] | None = None,
        retry_for_seconds: Input[float] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        """Declare an account.

        Args:
            resource_name: the name in the Pulumi program; errors name it as the place the credentials came from.
            access_token_id: the access token's ID.
            secret_key: the access token's secret key. Encrypted in the state; in the stack's file with `--secret`.
            base_url: the API's address with its version path, if it isn't FastPix's own.
            timeout_seconds: how long one attempt may take: connecting, and the whole response. 30 by default.
            retry_for_seconds: how long one operation may go on trying. 120 by default.
            opts: Pulumi's resource options.

        Raises:
            pulumi.RunError: a value is invalid. Only plain values are looked at; outputs are checked at the first
                call.
        """
        refuse_invalid_settings(resource_name, access_token_id, secret_key, base_url)
        given: dict[str, Input[str] | None] = {
            PROVIDER_RESOURCE: resource_name,
            "accessTokenId": access_token_id,
            "secretKey": Output.secret(secret_key),
            "baseUrl": base_url,
            "timeoutSeconds": _as_text(timeout_seconds),
            "retryForSeconds": _as_text(retry_for_seconds),
        }
        self.settings = {key: value for key, value in given.items() if value is not None}
        self._register(resource_name, dict(self.settings), opts)

    settings: dict[str, Input[str]]
    """What this account is, for functions that read it in the program itself."""

    def _register(self, resource_name: str, settings: dict[str, Input[str]], opts: ResourceOptions | None) -> None:
        raise NotImplementedError  # each provider has its own way


def refuse_provider_of_other_module(resource_name: str, opts: ResourceOptions | None, package: str) -> None:
    """Stop a program that gives a resource of the dynamic provider a `Provider` of the native one, or the reverse.

    Pulumi would ignore that `Provider` without a word, and use the stack's own account: the one that it is given, or
    that a component above it has. A component that has one of each has the right one.

    Raises:
        pulumi.RunError: shown without a stack trace, since the name leads to the line.
    """
    if opts is None:
        return
    (other,) = {DYNAMIC_PACKAGE, NATIVE_PACKAGE} - {package}
    if opts.provider is not None:
        is_others = opts.provider.package == other
    else:
        # Somebody else's dynamic provider may have the same package.
        is_others = isinstance(_ambient(opts, other), DeclaredProvider) and _ambient(opts, package) is None
    if is_others:
        raise pulumi.RunError(
            f"The resource {resource_name!r} and its Provider come from different modules, pulumi_fastpix and "
            f"pulumi_fastpix.native: Pulumi would use another account. Import both from the same one."
        )


def _ambient(opts: ResourceOptions, package: str) -> pulumi.ProviderResource | None:
    """The provider of a package that a resource would get by `providers`, its own or those of what it belongs to."""
    given = opts.providers or {}
    given = given if isinstance(given, Mapping) else {one.package: one for one in given}
    if package in given:
        return given[package]
    # Pulumi looks for it by a type token, of which the package is the first part.
    return opts.parent.get_provider(f"{package}:any:any") if opts.parent else None


def refuse_invalid_settings(name: str, access_token_id: object, secret_key: object, base_url: object) -> None:
    """Stop a program whose account can't work, as far as its values are known.

    Raises:
        pulumi.RunError: shown without a stack trace, since the name leads to the line.
    """
    problems = [
        *_problems_of_credential("access_token_id", access_token_id),
        *_problems_of_credential("secret_key", secret_key),
        *_problems_of_base_url(base_url),
    ]
    if problems:
        raise pulumi.RunError(f"The provider resource {name!r} has invalid settings: {'; '.join(problems)}.")


# Python's own TypeErrors call it as programs do.
DeclaredProvider.__init__.__qualname__ = "Provider.__init__"


def _as_text(seconds: Input[float] | None) -> Output[str] | None:
    """A setting of a provider as it travels: every one of them as a string."""
    if seconds is None:
        return None
    return Output.from_input(seconds).apply(lambda known: "" if known is None else str(known))


def _problems_of_credential(parameter: str, credential: object) -> list[str]:
    if isinstance(credential, Output):
        return []
    if not isinstance(credential, str):
        return [f"{parameter} must be a string, not {type(credential).__name__}"]
    if not credential.strip():
        return [f"{parameter} is empty"]
    characters = foreign_characters_in(credential)
    return [f"{parameter} contains {characters}, which FastPix credentials never do"] if characters else []


def _problems_of_base_url(base_url: object) -> list[str]:
    if not isinstance(base_url, str):
        return []
    try:
        normalise_base_url(base_url)
    except ValueError as error:
        return [f"base_url {error}"]
    return []
