"""The commands of `python -m qa_app`, one per module."""
