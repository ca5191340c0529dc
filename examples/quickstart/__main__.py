import pulumi

import pulumi_fastpix as fastpix

playback = fastpix.LivePlaybackId("main", stream_id="1111aaaa2222bbbb3333cccc4444dddd")

pulumi.export("watch", playback.hls_url)
