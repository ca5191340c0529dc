"""A live stream and two ways to watch it. `make up` runs this in the sandbox."""

import pulumi

import pulumi_fastpix as fastpix

# The playback ID that comes with it is for the crew: private, so its address needs a token.
stream = fastpix.LiveStream("concert", access_policy="private", metadata={"show": "42"})

with_stream = pulumi.ResourceOptions(deleted_with=stream)
audience = fastpix.LivePlaybackId("audience", with_stream, stream_id=stream.id)
partner = fastpix.LivePlaybackId(
    "partner",
    with_stream,
    stream_id=stream.id,
    access_restrictions={"domains": {"default_policy": "deny", "allow": ["partner.example"]}},
)

pulumi.export("watch", audience.hls_url)
pulumi.export("watchAtPartner", partner.hls_url)
pulumi.export("watchAsCrew", stream.hls_url)
pulumi.export("broadcastTo", stream.rtmps_url)
pulumi.export("streamKey", stream.stream_key)
