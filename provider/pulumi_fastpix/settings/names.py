"""The names of all settings: in the configuration, in the environment, and in the state of provider resources."""

from __future__ import annotations

NAMESPACE = "fastpix"
TARGET_VARIABLES = {
    "accessTokenId": "FASTPIX_USERNAME",
    "secretKey": "FASTPIX_PASSWORD",
    "baseUrl": "FASTPIX_BASE_URL",
}
CREDENTIALS = ("accessTokenId", "secretKey")
SECRET_KEY = f"{NAMESPACE}:secretKey"
"""The one setting that must not be in plain text in a stack's configuration."""
DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_RETRY_FOR_SECONDS = 120.0
TIME_VARIABLES = {
    "timeoutSeconds": ("FASTPIX_TIMEOUT_SECONDS", DEFAULT_TIMEOUT_SECONDS),
    "retryForSeconds": ("FASTPIX_RETRY_FOR_SECONDS", DEFAULT_RETRY_FOR_SECONDS),
}
MOST_SECONDS = 86_400.0
"""A day: longer waits are mistakes."""
PROVIDER_RESOURCE = "providerResource"
"""The name of the provider resource, in the configuration that :class:`pulumi_fastpix.Provider` gives it: nothing
else tells a provider resource's configuration from a stack's. Stored with stacks, so don't rename it."""

CONFIG_KEYS = (*TARGET_VARIABLES, *TIME_VARIABLES, PROVIDER_RESOURCE)

SANDBOX_VARIABLE = "FASTPIX_SANDBOX"
"""Set by `pulumi-fastpix sandbox exec` to the sandbox's address: nothing else may then be talked to."""

STREAM_URL_VARIABLE = "FASTPIX_STREAM_URL"
"""Where viewers reach playback IDs, if that isn't FastPix's own stream host: a custom domain, or a sandbox's host."""

SIGNING_KEY_ID_VARIABLE = "FASTPIX_SIGNING_KEY_ID"
SIGNING_PRIVATE_KEY_VARIABLE = "FASTPIX_SIGNING_PRIVATE_KEY"
"""The key with which `pulumi-fastpix sign` signs where no stack has it."""

JOURNAL_VARIABLE = "FASTPIX_JOURNAL"
"""The folder in which provider processes note what they are making, or `off`. Of the machine, so never configured."""
JOURNAL_OFF = "off"

DELETED_STREAMS_VARIABLE = "FASTPIX_DELETED_STREAMS"
"""Stream ids, separated by commas, that the user knows to be deleted. Only ever read from the environment:
`pulumi refresh` and `pulumi destroy` use the configuration *stored* with the stack, and a stored confirmation
would disarm the guard against the wrong workspace for good."""


# --plaintext, because Pulumi takes some token IDs for secrets and then refuses to store them in plain text.
SET_COMMANDS = {
    "accessTokenId": "pulumi config set --plaintext fastpix:accessTokenId <access token ID>",
    "secretKey": "pulumi config set --secret fastpix:secretKey",
}
