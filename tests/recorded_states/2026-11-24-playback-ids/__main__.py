"""What the state beside it was recorded of: every way in which this version stores a playback ID."""

import os

import pulumi

import pulumi_fastpix
import pulumi_fastpix.native

STREAM_ID = "1111aaaa2222bbbb3333cccc4444dddd"

for way, fastpix in {"dynamic": pulumi_fastpix, "native": pulumi_fastpix.native}.items():
    studio = fastpix.Provider(
        f"{way}-studio",
        access_token_id=os.environ["FASTPIX_USERNAME"],
        secret_key=os.environ["FASTPIX_PASSWORD"],
        base_url=os.environ["FASTPIX_BASE_URL"],
        retry_for_seconds=60,
    )
    group = pulumi.ComponentResource("recorded:index:Group", f"{way}-group")
    # REPLACE is set to see each of them replaced.
    policy = "private" if os.environ.get("REPLACE") else "public"
    by_default = None if policy == "public" else policy
    fastpix.LivePlaybackId(f"{way}-default", stream_id=STREAM_ID, access_policy=by_default)
    fastpix.LivePlaybackId(f"{way}-public", stream_id=STREAM_ID, access_policy=policy)
    fastpix.LivePlaybackId(f"{way}-secret", stream_id=pulumi.Output.secret(STREAM_ID), access_policy=policy)
    fastpix.LivePlaybackId(
        f"{way}-child", stream_id=STREAM_ID, access_policy=policy, opts=pulumi.ResourceOptions(parent=group)
    )
    fastpix.LivePlaybackId(
        f"{way}-studio", stream_id=STREAM_ID, access_policy=policy, opts=pulumi.ResourceOptions(provider=studio)
    )
