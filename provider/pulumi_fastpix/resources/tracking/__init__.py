"""What one process knows of the playback IDs of a stream."""
