import pulumi

import pulumi_fastpix as fastpix

# Nobody watches by the playback ID that comes with the stream: it is private, and nothing here signs for it.
stream = fastpix.LiveStream("concert", access_policy="private", metadata={"show": "private concert"})
with_stream = pulumi.ResourceOptions(deleted_with=stream)

tickets = fastpix.LivePlaybackId("tickets", stream_id=stream.id, access_policy="private", opts=with_stream)
partner = fastpix.LivePlaybackId(
    "partner",
    stream_id=stream.id,
    access_restrictions={"domains": {"default_policy": "deny", "allow": ["partner.example"]}},
    opts=with_stream,
)

# One key, or two while one follows the other. The application signs with the last one.
names = pulumi.Config().require_object("signingKeys")
keys = [fastpix.SigningKey(f"tickets-{name}") for name in names]

pulumi.export("watchAtPartner", partner.hls_url)
pulumi.export("playbackId", tickets.id)
pulumi.export("signingKeyId", keys[-1].id)
pulumi.export("signingPrivateKey", keys[-1].private_key)
