"""What an index keeps on disk: the SQLite database, the vectors' file, and the builds they belong to."""
