"""What one process knows of a stream's playback IDs: one list for many readers, and whose each of them is."""
