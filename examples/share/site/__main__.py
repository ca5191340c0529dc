import pulumi

import pulumi_fastpix as fastpix

owner = pulumi.StackReference("organization/share-owner/dev")
stream_id = owner.require_output("streamId")

if pulumi.Config().get_bool("owns"):
    partner = fastpix.LivePlaybackId("partner", stream_id=stream_id)
else:
    partner = fastpix.LivePlaybackId.get("partner", owner.require_output("playbackId"), stream_id=stream_id)

pulumi.export("watch", partner.hls_url)
