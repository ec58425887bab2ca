import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from embeddings.encoders.workers import Workers


@pytest.fixture(scope="module")
def workers() -> Workers:
    return Workers("test")


def test_results_come_in_order(workers: Workers) -> None:
    assert list(workers.map(lambda number: number * number, range(50))) == [number * number for number in range(50)]
    assert list(workers.map(abs, [-3])) == [3]
    assert list(workers.map(abs, [])) == []


def test_only_the_workers_are_limited_to_one_core() -> None:
    before = torch.get_num_threads()
    workers = Workers("test")
    assert set(workers.map(lambda _: torch.get_num_threads(), range(20))) == {1}
    assert torch.get_num_threads() == before
    with ThreadPoolExecutor(1) as later:
        assert later.submit(torch.get_num_threads).result() == before


def test_a_single_item_runs_in_the_calling_thread(workers: Workers) -> None:
    assert list(workers.map(lambda _: threading.get_ident(), [0])) == [threading.get_ident()]
    assert threading.get_ident() not in set(workers.map(lambda _: threading.get_ident(), range(20)))


def test_the_pool_works_after_an_error(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        list(workers.map(lambda number: 1 // number, [1, 0, 2]))
    assert list(workers.map(str, [1, 2])) == ["1", "2"]
