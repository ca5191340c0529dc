"""What the application does for each viewer who has paid: it signs an address that plays for four hours."""

import os

from pulumi_fastpix.signing import signed_hls_url

print(
    signed_hls_url(
        os.environ["PLAYBACK_ID"],
        os.environ["SIGNING_KEY_ID"],
        os.environ["SIGNING_PRIVATE_KEY"],
        valid_for=4 * 60 * 60,
    )
)
