"""Which FastPix workspace to talk to, as whom, and how long to try."""
