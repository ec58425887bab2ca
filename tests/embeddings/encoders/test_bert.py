"""The network computes what transformers' BERT does, so indexes and readers made with either fit."""

from typing import Any

import pytest
import torch

from embeddings.encoders.bert import Bert, BertShape
from embeddings.encoders.packaged import packaged_folder


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize(("attention", "fused"), [("eager", False), ("sdpa", True)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_it_computes_what_transformers_does(
    attention: str, fused: bool, dtype: torch.dtype, tolerance: float, padded: bool
) -> None:
    from transformers import BertConfig, BertModel  # slow to import; other tests need not wait

    config = BertConfig.from_pretrained(packaged_folder(), attn_implementation=attention)
    theirs: Any = BertModel(config, add_pooling_layer=False)
    theirs.to(dtype).eval()
    ours = Bert(BertShape.of(packaged_folder()), fused_attention=fused).to(dtype).eval()
    ours.load_state_dict(theirs.state_dict())
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(config.vocab_size, (3, 40), generator=generator)
    types = torch.randint(2, (3, 40), generator=generator)
    attended = torch.ones(3, 40, dtype=torch.bool)
    if padded:
        attended[1, 25:] = attended[2, :7] = False
    with torch.inference_mode():
        expected = theirs(input_ids=tokens, token_type_ids=types, attention_mask=attended).last_hidden_state
        found = ours(tokens, types, attended)
    assert expected[attended].std() > 0.5  # otherwise the tolerance would prove nothing
    torch.testing.assert_close(found[attended], expected[attended], rtol=0, atol=tolerance)


@pytest.mark.parametrize("fused", [False, True])
def test_dropout_changes_training_alone(fused: bool) -> None:
    torch.manual_seed(0)
    network = Bert(BertShape(50, 20, 2, 32, 2, 4, 64, 1e-12), fused_attention=fused, dropout=0.3)
    inputs = torch.arange(20)[None], torch.zeros((1, 20), dtype=torch.int64), torch.ones((1, 20), dtype=torch.bool)
    network.train()
    assert not torch.equal(network(*inputs), network(*inputs))
    network.eval()
    assert torch.equal(network(*inputs), network(*inputs))
