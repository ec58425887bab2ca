"""Draft question files from the articles."""
