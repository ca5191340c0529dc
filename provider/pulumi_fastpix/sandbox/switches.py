"""Switches for everything about the live API that is known only to FastPix; the defaults are our guesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """How the sandbox responds where FastPix's own response is not known. May be changed while it runs.

    Attributes:
        malformed_playback_id: the status for a playback ID that is not a UUID.
        malformed_stream_id: the status for a stream id that is not 32 hex digits.
        absent_playback_id_delete: the status for deleting a playback ID that does not exist (any more), on a stream
            that does.
        last_playback_id_delete: the status for deleting the only playback ID of a stream.
        repeated_playback_id: the playback IDs that are deleted by a DELETE that names several: the first one, or
            all, one after another up to the first that is refused.
        idempotency_key: whether a create with an earlier create's `Idempotency-Key` gets that create's response
            and creates nothing.
        playback_id_order: the order of a stream's `playbackIds`. All recorded responses with two of them are in the
            order of the ids.
        max_playback_ids: the most that a stream can have, None for no limit; creating one more gets 422.
        access_restrictions: when a playback ID shows its restrictions, in the response to its creation and wherever
            it is read: once they were set, always (with their defaults until then), or never.
        restrictions_create: whether the restrictions that a creation gives are taken or ignored, or it gets 422.
        restrictions_patch: whether a change of restrictions resets the fields that it leaves out to their
            defaults, or keeps them.
        restriction_wildcards: whether an entry with a `*` in a list of restrictions is kept or dropped, or the
            request gets 422.
        stream_status: the status that streams have: each its own, or all this one.
        busy_stream: whether playback IDs of streams that are `active` or `disabled` can be created and deleted,
            or the request gets 400.
        stream_patch: whether a change of a stream keeps the metadata and the reconnect window that it leaves out, or
            resets them to their defaults.
        metadata_clear: whether the metadata `{}` in a change of a stream clears its metadata or keeps it, or the
            request gets 422.
        disabled_stream_patch: the status for changing a stream that is `disabled`.
        viewer_count: the status for the viewer count of a stream that exists; both were recorded.
        busy_simulcast: whether creating a simulcast gets 400 unless its stream is `idle`, and changing one if its
            stream is `disabled`, or both are allowed.
        simulcast_update: the fields that a change of a simulcast takes: `isEnabled` only, any other one getting 400
            as FastPix's own plugin for WordPress observed, or `metadata` too, as FastPix's specification says.
        trial_workspace: whether the workspace is a trial, and if so, whether creating a private playback ID
            gets 400. On a trial, creating a simulcast and enabling a disabled stream get 400 too.
        signing_keys: whether access tokens may make, list, read and delete signing keys, or may only list and read
            them, or get 403 for all of it: FastPix lets administrators make them, and members not even see them.
        signing_key_idempotency: whether the create of a signing key with an earlier create's `Idempotency-Key` gets
            that create's response for ever, as FastPix's plugin for WordPress observed, or creates another key.
        absent_signing_key_delete: the status for deleting a signing key that does not exist (any more).
        bad_token: the status for watching by a private playback ID without a valid token: FastPix's player takes 401
            for it, its plugin for Moodle 403.
        accepted_audience: whether a private playback ID opens for tokens for media only, or for those for DRM as well.
        signed_public: whether a public playback ID plays with any token, which it does not need, or a token has to be
            valid.
        unknown_domain: whether a viewer that sends neither `Origin` nor `Referer` is let in where the default policy
            for domains is to deny.
        unknown_user_agent: whether a viewer that sends no `User-Agent` is let in where the default policy for user
            agents is to deny.
        plain_domain: whether `example.com` stands for itself only, or also for its subdomains.
        wildcard_domain: whether `*.example.com` stands for the subdomains of `example.com` only, or also for itself.
        unknown_fields: whether fields that the API does not know are ignored or get 422.
        missing_body: whether a request without its body gets 422, as recorded for on-demand media, or is taken as
            one with the body `{}`.
    """

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    malformed_playback_id: Literal[422, 404] = 422
    malformed_stream_id: Literal[404, 422] = 404
    absent_playback_id_delete: Literal[404, 200] = 404
    last_playback_id_delete: Literal[200, 400] = 200
    repeated_playback_id: Literal["first", "all"] = "first"
    idempotency_key: Literal["ignored", "replayed"] = "ignored"
    playback_id_order: Literal["by-id", "newest-first", "oldest-first"] = "by-id"
    max_playback_ids: int | None = Field(default=None, ge=1)
    access_restrictions: Literal["if-set", "always", "never"] = "if-set"
    restrictions_create: Literal["taken", "ignored", "refused"] = "taken"
    restrictions_patch: Literal["replaces", "merges"] = "replaces"
    restriction_wildcards: Literal["kept", "dropped", "refused"] = "kept"
    stream_status: Literal["own", "idle", "preparing", "active", "disabled"] = "own"
    busy_stream: Literal["allowed", "refused"] = "allowed"
    stream_patch: Literal["keeps", "resets"] = "keeps"
    metadata_clear: Literal["cleared", "kept", "refused"] = "cleared"
    disabled_stream_patch: Literal[400, 409, 200] = 400
    viewer_count: Literal[200, 404] = 200
    busy_simulcast: Literal["refused", "allowed"] = "refused"
    simulcast_update: Literal["enabled-only", "with-metadata"] = "enabled-only"
    trial_workspace: Literal["no", "yes", "without-private"] = "no"
    signing_keys: Literal["allowed", "read-only", "hidden"] = "allowed"
    signing_key_idempotency: Literal["replayed", "ignored"] = "replayed"
    absent_signing_key_delete: Literal[404, 200] = 404
    bad_token: Literal[401, 403] = 401
    accepted_audience: Literal["media", "media-or-drm"] = "media"
    signed_public: Literal["plays", "checked"] = "plays"
    unknown_domain: Literal["refused", "let-in"] = "refused"
    unknown_user_agent: Literal["refused", "let-in"] = "refused"
    plain_domain: Literal["itself", "also-subdomains"] = "itself"
    wildcard_domain: Literal["subdomains", "also-itself"] = "subdomains"
    unknown_fields: Literal["ignored", "refused"] = "ignored"
    missing_body: Literal["refused", "empty"] = "refused"

    @classmethod
    def from_text(cls, positions: Mapping[str, str]) -> Switches:
        """Switches whose positions are given as text, as on a command line.

        Raises:
            ValueError: a switch does not exist, or does not have the position.
        """
        return cls.model_validate({name: _position(text) for name, text in positions.items()})


def _position(text: str) -> str | int | None:
    if text == "none":
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else text
