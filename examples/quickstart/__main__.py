import pulumi

import pulumi_fastpix as fastpix

stream = fastpix.LiveStream("main")

pulumi.export("watch", stream.hls_url)
pulumi.export("broadcastTo", stream.rtmps_url)
pulumi.export("streamKey", stream.stream_key)
