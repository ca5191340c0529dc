"""The resource `LivePlaybackId`."""
