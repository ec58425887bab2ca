"""The offline half: from a folder of articles to an index that can be trusted."""
