"""Started by Pulumi: serves the native provider."""

from pulumi_fastpix.native.serve import main

main()
