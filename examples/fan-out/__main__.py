from collections.abc import Sequence

import pulumi

import pulumi_fastpix as fastpix


class Broadcast(pulumi.ComponentResource):
    """One stream and the ways to watch it: a public playback ID for each audience, and a private one for the crew."""

    def __init__(self, name: str, *, audiences: Sequence[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("example:index:Broadcast", name, None, opts)
        # Its own playback ID is the crew's. The encoders have its stream key, and the crew's address is printed on call
        # sheets: nobody should lose either by a slip in this program.
        self.stream = fastpix.LiveStream(
            name, access_policy="private", opts=pulumi.ResourceOptions(parent=self, protect=True)
        )
        # Not deleted_with the stream, which is protected: Pulumi would forget them before it fails to delete that.
        child = pulumi.ResourceOptions(parent=self)
        self.audiences = {
            audience: fastpix.LivePlaybackId(f"{name}-{audience}", stream_id=self.stream.id, opts=child)
            for audience in audiences
        }
        self.register_outputs({})


broadcast = Broadcast("match", audiences=pulumi.Config().require_object("audiences"))

pulumi.export("watch", {audience: playback.hls_url for audience, playback in broadcast.audiences.items()})
pulumi.export("watchAsCrew", broadcast.stream.hls_url)
pulumi.export("streamKey", broadcast.stream.stream_key)
