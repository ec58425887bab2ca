"""Documents, what is recognised in them, and the chunks they are cut into."""
