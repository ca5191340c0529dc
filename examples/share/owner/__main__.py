import pulumi

import pulumi_fastpix as fastpix

handed_over = pulumi.Config().get("handedOver")

stream = fastpix.LiveStream("concert")
if handed_over:
    # Somebody else's from now on: looked up under the same name, so that Pulumi doesn't delete it.
    partner = fastpix.LivePlaybackId.get("partner", handed_over, stream_id=stream.id)
else:
    partner = fastpix.LivePlaybackId("partner", stream_id=stream.id)

pulumi.export("streamId", stream.id)
pulumi.export("playbackId", partner.id)
