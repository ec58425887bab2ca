"""The web page: it displays what the pipeline yields and what the corpus service does, and decides nothing."""
