"""The online half: from a question to an answer with the exact words it rests on."""
