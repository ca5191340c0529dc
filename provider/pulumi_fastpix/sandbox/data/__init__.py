"""The sandbox's data, kept in SQLite."""
