"""The command line's choice of an encoder: `--encoder`, `--query-prefix` and `--passage-prefix`."""

import argparse

from embeddings.encoders.encoder import EncoderIdentity
from embeddings.encoders.packaged import PACKAGED_ENCODER
from embeddings.encoders.prefixes import Prefixes, known_prefixes
from embeddings.encoders.sentence_encoder import SentenceEncoder


def add_encoder_arguments(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the options; `text` says what the encoder is for."""
    parser.add_argument("--encoder", metavar="MODEL", help=text)
    for role in ("query", "passage"):
        parser.add_argument(
            f"--{role}-prefix",
            metavar="TEXT",
            help=f'put before each {role} by --encoder, such as "{role}: " (default: what the model is known to want)',
        )


def chosen_encoder(options: argparse.Namespace, recorded: EncoderIdentity | None) -> SentenceEncoder:
    """Load the encoder that is asked for, or else the one of the index, or else the packaged one.

    A model that is asked for may be downloaded. Its prefixes are those that are given, or that the index has for it, or its
    configuration, or its family's.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    given = (options.query_prefix, options.passage_prefix)
    if options.encoder is None and given == (None, None):
        return SentenceEncoder.recorded(recorded) if recorded else SentenceEncoder(PACKAGED_ENCODER)
    name = options.encoder or (recorded.name if recorded else PACKAGED_ENCODER)
    encoder = SentenceEncoder(name, download=options.encoder is not None)
    if given != (None, None):
        return encoder.with_prefixes(Prefixes(given[0] or "", given[1] or ""))
    if recorded and (encoder.identity.name, encoder.identity.weights_sha256) == (
        recorded.name,
        recorded.weights_sha256,
    ):
        return SentenceEncoder.recorded(recorded)
    known = known_prefixes(name) if encoder.prefixes == Prefixes("", "") else None
    return encoder.with_prefixes(known) if known else encoder
