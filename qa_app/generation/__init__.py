"""A chat model that words the answer, and the check of every sentence it writes."""
