import pulumi

import pulumi_fastpix as fastpix

config = pulumi.Config("studio")
studio = fastpix.Provider(
    "studio",
    access_token_id=config.require("accessTokenId"),
    secret_key=config.require_secret("secretKey"),
    base_url=config.get("baseUrl"),
)

concert = fastpix.LiveStream("concert")
rehearsal = fastpix.LiveStream("rehearsal", access_policy="private", opts=pulumi.ResourceOptions(provider=studio))
in_studio = fastpix.get_live_streams_output(pulumi.InvokeOutputOptions(provider=studio, depends_on=[rehearsal]))

pulumi.export("watch", concert.hls_url)
pulumi.export("watchRehearsal", rehearsal.hls_url)
pulumi.export("streamsOfStudio", in_studio.apply(lambda found: len(found.live_streams)))
