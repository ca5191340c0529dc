"""FastPix over HTTP: the client, its retry policy and the wire models. Knows nothing of Pulumi."""
