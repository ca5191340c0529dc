from collections.abc import Sequence

import pulumi

import pulumi_fastpix as fastpix


class Broadcast(pulumi.ComponentResource):
    """One stream and the ways to watch it: a public playback ID for each audience, a private one for the crew."""

    def __init__(
        self,
        name: str,
        *,
        stream_id: pulumi.Input[str],
        audiences: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("example:index:Broadcast", name, None, opts)
        of_this = pulumi.ResourceOptions(parent=self)
        self.audiences = {
            audience: fastpix.LivePlaybackId(f"{name}-{audience}", stream_id=stream_id, opts=of_this)
            for audience in audiences
        }
        # The crew's address is printed on call sheets: nobody should lose it by a slip in this program.
        self.crew = fastpix.LivePlaybackId(
            f"{name}-crew",
            stream_id=stream_id,
            access_policy="private",
            opts=pulumi.ResourceOptions.merge(of_this, pulumi.ResourceOptions(protect=True)),
        )
        self.register_outputs({})


config = pulumi.Config()
broadcast = Broadcast("match", stream_id=config.require("streamId"), audiences=config.require_object("audiences"))

pulumi.export("watch", {audience: playback.hls_url for audience, playback in broadcast.audiences.items()})
pulumi.export("watchAsCrew", broadcast.crew.hls_url)
