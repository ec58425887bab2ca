"""A minimal writer: quotes the first sentence of the first passage."""

from benchmarks.peers.systems.serving import Found, serve


def write(question: str, passages: list[Found]) -> str:
    return '"' + passages[0]["text"].partition(". ")[0] + '"'


if __name__ == "__main__":
    serve({"write": write}, ("pytest",))
