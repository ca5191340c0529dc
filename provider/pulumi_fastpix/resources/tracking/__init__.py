"""One process's knowledge of a stream's playback IDs: one list for many readers, and which of them are its own."""
