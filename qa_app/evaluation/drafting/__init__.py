"""Question files drafted from the articles."""
