import pulumi

import pulumi_fastpix as fastpix

domains = pulumi.Config().require_object("domains")

stream = fastpix.LiveStream("concert", access_policy="private")
partner = fastpix.LivePlaybackId(
    "partner",
    stream_id=stream.id,
    access_restrictions={"domains": {"default_policy": "deny", "allow": domains}},
    opts=pulumi.ResourceOptions(deleted_with=stream),
)

pulumi.export("streamId", stream.id)
pulumi.export("partner", partner.id)
