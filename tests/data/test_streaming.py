"""Files of records and the stream from them: contents, memory, mixing, and what goes wrong."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnedu.data import Records, stream, write_records


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    """1,000 examples: their number as int64, and twice their number in a row of three float32."""
    file, x = tmp_path / "numbers.npy", np.arange(1000)
    write_records(file, ((x[i : i + 70], wide(x[i : i + 70])) for i in range(0, 1000, 70)))
    return file


def wide(x: np.ndarray) -> np.ndarray:
    return np.repeat(2 * x[:, None], 3, axis=1).astype(np.float32)


def test_what_was_written_is_read_by_numpy_alone(numbers: Path) -> None:
    stored = np.load(numbers)
    np.testing.assert_array_equal(stored["f0"], np.arange(1000))
    np.testing.assert_array_equal(stored["f1"], wide(np.arange(1000)))
    assert stored["f1"].dtype == np.float32
    assert (len(Records(numbers)), Records(numbers).nbytes) == (1000, 1000 * 20)


@given(
    N=st.integers(1, 60),
    size=st.integers(1, 60),
    spare=st.integers(0, 900),
    blocks=st.integers(1, 20),
)
@settings(max_examples=60, deadline=None)
def test_each_example_at_most_once_an_epoch_in_whole_batches(
    tmp_path_factory, N: int, size: int, spare: int, blocks: int
) -> None:
    size = min(size, N)
    file = tmp_path_factory.mktemp("records") / "some.npy"
    write_records(file, [(np.arange(N), -np.arange(N))])
    memory = size * (4 * 16 + 8) + spare
    batches = list(stream(file, rng(), size, memory=memory, blocks=blocks, epochs=2))
    assert len(batches) == 2 * (N // size)
    for epoch in (batches[: N // size], batches[N // size :]):
        for x, negative in epoch:
            assert len(x) == size
            np.testing.assert_array_equal(x, -negative)
        seen = np.concatenate([x for x, _ in epoch]).tolist()
        assert len(set(seen)) == len(seen) == N // size * size
        assert set(seen) <= set(range(N))


def test_every_epoch_has_its_own_order_and_a_seed_repeats_them(numbers: Path) -> None:
    def order(seed: int, epochs: int) -> list[int]:
        batches = stream(numbers, rng(seed), 100, memory=15_000, blocks=4, epochs=epochs)
        return np.concatenate([x for x, _ in batches]).tolist()

    twice = order(0, 2)
    assert twice[:1000] == order(0, 1)
    assert twice[:1000] != twice[1000:]
    assert order(1, 1) != order(0, 1)


def test_a_buffer_that_holds_the_file_shuffles_perfectly(tmp_path: Path) -> None:
    file = tmp_path / "three.npy"
    write_records(file, [(np.arange(3),)])
    batches = stream(file, rng(), 3, memory=10_000)
    orders = [tuple(next(batches)[0].tolist()) for _ in range(1200)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert min(counts) > 150  # 200 expected; five standard deviations are 65


def test_blocks_from_all_over_the_file_meet_in_a_batch(tmp_path: Path) -> None:
    file = tmp_path / "sorted.npy"
    write_records(file, [(np.arange(10_000),)])
    batches = list(stream(file, rng(), 50, memory=16_000, blocks=32, epochs=1))
    spreads = [np.ptp(x) for (x,) in batches]
    assert np.median(spreads) > 8000  # of at most 9,999; in order it would be 49


def test_memory_is_kept_and_progress_is_told(tmp_path: Path) -> None:
    file, row = tmp_path / "large.npy", np.ones((1000, 250), np.float32)
    assert write_records(file, ((row, np.arange(1000)) for _ in range(20))) == 20_000
    told: list[int] = []
    tracemalloc.start()
    total = 0
    for x, _ in stream(file, rng(), 128, memory=2_000_000, epochs=1, progress=told.append):
        total += len(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 20_000 // 128 * 128
    assert sum(told) == Records(file).nbytes == 20_000 * 1008
    assert 1_500_000 < peak < 2_000_000 + 50_000  # the interpreter's own objects come on top


@pytest.mark.skipif(sys.platform != "linux", reason="limits a process's addresses: needs Linux")
def test_a_process_that_may_not_hold_the_file_streams_it(tmp_path: Path) -> None:
    file, row = tmp_path / "large.npy", np.ones((1000, 250))
    write_records(file, ((row,) for _ in range(60)))  # 120 MB
    program = f"""
import resource, numpy as np
from nnedu.data import stream
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 40_000_000, now + 40_000_000))
try:
    np.load({str(file)!r})
except MemoryError:
    print("too large to load")
batches = stream({str(file)!r}, np.random.default_rng(0), 100, memory=8_000_000, epochs=1)
print(sum(float(x.sum()) for x, in batches))
"""
    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["too large to load", "15000000.0"], done.stderr


def test_an_interrupted_write_leaves_the_older_file_and_nothing_else(numbers: Path) -> None:
    def interrupted():
        yield (np.arange(5), wide(np.arange(5)))
        raise KeyboardInterrupt

    before = numbers.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        write_records(numbers, interrupted())
    assert numbers.read_bytes() == before
    assert list(numbers.parent.iterdir()) == [numbers]


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "no example; expected at least one"),
        ([(np.zeros((0, 2)),)], "no example"),
        ([(np.zeros(3), np.zeros(2))], "expected arrays of one length"),
        ([(np.zeros(3),), (np.zeros(3, int),)], "fit the first block's record"),
        ([(np.zeros((3, 2)),), (np.zeros((3, 4)),)], "fit the first block's record"),
    ],
)
def test_blocks_that_make_no_file_are_refused(tmp_path: Path, blocks, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_records(tmp_path / "never.npy", blocks)
    assert list(tmp_path.iterdir()) == []


def test_bad_files_are_named_with_what_is_wrong(numbers: Path, tmp_path: Path) -> None:
    text, plain, short = (tmp_path / name for name in ("text.npy", "plain.npy", "short.npy"))
    text.write_text("not an array at all")
    np.save(plain, np.zeros((4, 2)))
    short.write_bytes(numbers.read_bytes()[:-1])
    for path, message in (
        (text, "text.npy is not a .npy file"),
        (plain, r"shape \(4, 2\) and dtype float64; expected records"),
        (short, "19999 bytes of records; expected 20000 for the 1000"),
    ):
        with pytest.raises(ValueError, match=message):
            stream(path, rng(), 1, memory=1000)
    with pytest.raises(FileNotFoundError, match=r"missing\.npy"):
        stream(tmp_path / "missing.npy", rng(), 1, memory=1000)


@pytest.mark.parametrize(
    ("size", "keywords", "message"),
    [
        (1001, {"memory": 10**6}, "size is 1001; expected 1 to 1000"),
        (0, {"memory": 10**6}, "size is 0"),
        (10, {"memory": 879}, "memory is 879 bytes; expected at least 880"),
        (10, {"memory": 10**6, "blocks": 0}, "blocks is 0"),
        (10, {"memory": 10**6, "epochs": -1}, "epochs is -1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_first_batch(
    numbers: Path, size: int, keywords: dict[str, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stream(numbers, rng(), size, **keywords)


def test_the_least_memory_is_enough(numbers: Path) -> None:
    assert len(list(stream(numbers, rng(), 10, memory=880, epochs=1))) == 100


def test_what_a_buffer_leaves_goes_into_the_next(numbers: Path) -> None:
    # 45 records fit: batches of 30 leave up to 29 each time, and 10 at the end of the file.
    batches = list(stream(numbers, rng(), 30, memory=30 * 88 + 15 * 28, blocks=2, epochs=1))
    assert len(set(np.concatenate([x for x, _ in batches]).tolist())) == 990
