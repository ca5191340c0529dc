import pulumi

import pulumi_fastpix as fastpix

playback = fastpix.LivePlaybackId("main", stream_id="11112222333344445555666677778888")

pulumi.export("watch", playback.hls_url)
