"""A public and a private playback ID on one live stream. `make up` runs this in the sandbox."""

import pulumi

import pulumi_fastpix as fastpix

stream_id = pulumi.Config().require("streamId")

audience = fastpix.LivePlaybackId("audience", stream_id=stream_id, access_policy="public")
backstage = fastpix.LivePlaybackId("backstage", stream_id=stream_id, access_policy="private")

pulumi.export("watch", audience.hls_url)
pulumi.export("watchBackstage", backstage.hls_url)
