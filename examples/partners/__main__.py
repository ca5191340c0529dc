from collections.abc import Sequence

import pulumi

import pulumi_fastpix as fastpix

config = pulumi.Config()
stream_id = config.require("streamId")
partners: dict[str, Sequence[str]] = config.require_object("partners")
former_names: dict[str, str] = config.get_object("formerNames", {})
leaving: Sequence[str] = config.get_object("leaving", ())


def playback_id_for(partner: str, domains: Sequence[str]) -> fastpix.LivePlaybackId:
    """The playback ID by which a partner's own pages show the stream, and no others."""
    former_name = former_names.get(partner)
    return fastpix.LivePlaybackId(
        partner,
        # By the alias, Pulumi knows the playback ID under its former name, and keeps it.
        pulumi.ResourceOptions(aliases=[pulumi.Alias(name=former_name)] if former_name else None),
        stream_id=stream_id,
        access_restrictions={"domains": {"default_policy": fastpix.DefaultPolicy.DENY, "allow": domains}},
    )


playback_ids = {partner: playback_id_for(partner, domains) for partner, domains in partners.items()}

# The address of a partner that is leaving isn't handed out any more, but works until the partner is taken out.
pulumi.export("watch", {name: made.hls_url for name, made in playback_ids.items() if name not in leaving})
