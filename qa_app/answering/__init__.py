"""The ways of answering other than with the best sentences: from the index's tables, from the conversation, by parts, by summary."""
