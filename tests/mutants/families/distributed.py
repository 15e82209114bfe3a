"""Wrong variants of `distributed/`."""

from tests.mutants.mutant import slips

TESTS = "tests/distributed/"
# What every mutant here still passes, so that it is no trivial one.
STILL = [
    f"{TESTS}test_ring.py::test_shape_and_dtype_are_kept",
    f"{TESTS}test_compress.py::test_shape_and_dtype_are_kept_and_zero_is_zero",
]

MUTANTS = [
    *slips(
        "distributed/shards.py",
        (
            "the plain mean of the workers' means",
            "mean += (count / total) * g",
            "mean += g / len(counts)",
            f"{TESTS}test_shards.py::test_the_mean_is_weighted_by_hand",
        ),
        (
            "the last shard takes the rest",
            "sizes = N // n + (np.arange(n) < N % n)",
            "sizes = N // n + (N % n) * (np.arange(n) == n - 1)",
            f"{TESTS}test_shards.py::test_bounds_are_those_of_array_split",
        ),
    ),
    *slips(
        "distributed/ring.py",
        (
            "a chunk too far in the reduce-scatter",
            "moving = [(w, (w + 1) % n, (w - step) % n) for w in range(n)]",
            "moving = [(w, (w + 1) % n, (w - step + 1) % n) for w in range(n)]",
            f"{TESTS}test_ring.py::test_three_workers_by_hand",
        ),
        (
            "the all-gather adds again",
            "parts[right][c] = packet",
            "parts[right][c] = packet + 0 * parts[right][c] + (packet - packet[:1]) * (n == 3)",
            f"{TESTS}test_ring.py::test_every_worker_ends_with_the_sum",
        ),
        (
            "counts the whole vector",
            "sends.append(Send(n - 1 + step, w, right, c, packet.size))",
            "sends.append(Send(n - 1 + step, w, right, c, packet.size * n))",
            f"{TESTS}test_ring.py::test_each_worker_sends_its_share",
        ),
    ),
    *slips(
        "distributed/cost.py",
        (
            "the ring sends whole vectors",
            "2 * (n - 1) * link.seconds(M / n)",
            "2 * (n - 1) * link.seconds(M / 2)",
            f"{TESTS}test_cost.py::test_the_ring_by_hand",
        ),
        (
            "one phase of two",
            "2 * (n - 1) * link.seconds(M / n)",
            "(n - 1) * link.seconds(M / n)",
            f"{TESTS}test_cost.py::test_the_ring_costs_what_its_messages_cost",
        ),
        (
            "halving that sends the ring's messages",
            "2 * np.ceil(np.log2(n)) * link.alpha",
            "2 * (n - 1) * link.alpha",
            f"{TESTS}test_cost.py::test_halving_sends_the_bytes_of_the_ring_in_few_messages",
        ),
        (
            "half a level of the tree",
            "2 * np.ceil(np.log2(n)) * link.seconds(M)",
            "2 * np.log2(n) * link.seconds(M)",
            f"{TESTS}test_cost.py::test_the_server_and_the_tree_by_hand",
        ),
        (
            "absolute errors",
            "np.linalg.lstsq(A / scale, np.ones_like(y))[0] / scale",
            "np.linalg.lstsq(A * y[:, None] / scale, y)[0] / scale",
            f"{TESTS}test_cost.py::test_a_large_exchange_that_was_disturbed_does_not_hide_the_latency",
        ),
    ),
    *slips(
        "distributed/projection.py",
        (
            "the batch of one worker",
            "job.critical / (n * job.examples)",
            "job.critical / job.examples / np.maximum(n, 3)",
            f"{TESTS}test_cost.py::test_training_by_hand_and_its_limit",
        ),
    ),
    *slips(
        "distributed/stale.py",
        (
            "one update older",
            "gradient(path[max(t - delay, 0)])",
            "gradient(path[max(t - delay - 1, 0)])",
            f"{TESTS}test_stale.py::test_descent_with_a_delay_by_hand",
        ),
        (
            "a limit for one delay more",
            "np.sin(np.pi / (2 * (2 * delay + 1)))",
            "np.sin(np.pi / (2 * (2 * delay + 1.5)))",
            f"{TESTS}test_stale.py::test_limits_by_hand",
        ),
    ),
    *slips(
        "distributed/simulation.py",
        (
            "nobody waits for the slowest",
            "now += max(next(durations) for _ in range(workers))",
            "now += min(next(durations) for _ in range(workers))",
            f"{TESTS}test_stale.py::test_those_who_wait_wait_for_the_slowest_and_take_the_mean",
        ),
        (
            "the gradients' sum",
            "for _ in range(workers)) / workers",
            "for _ in range(workers))",
            f"{TESTS}test_stale.py::test_those_who_wait_wait_for_the_slowest_and_take_the_mean",
        ),
        (
            "reads when it is ready",
            "theta = theta - lr * objective(read, *next(batches))[1]",
            "theta = theta - lr * objective(theta, *next(batches))[1]",
            f"{TESTS}test_stale.py::test_equal_workers_have_the_others_as_their_delay",
        ),
    ),
    *slips(
        "distributed/compress.py",
        (
            "the largest, not the largest magnitudes",
            "np.argsort(-np.abs(g), kind",
            "np.argsort(-g, kind",
            f"{TESTS}test_compress.py::test_top_k_by_hand",
        ),
        (
            "128 steps",
            "scale = peak / 127",
            "scale = peak / 128",
            f"{TESTS}test_compress.py::test_int8_by_hand",
        ),
        (
            "rounds down",
            "np.floor(g / scale + rng.random(g.shape))",
            "np.floor(g / scale + 0 * rng.random(g.shape))",
            f"{TESTS}test_compress.py::test_int8_with_dice_is_right_on_average_and_without_them_is_not",
        ),
        (
            "the largest magnitude",
            "magnitude = np.abs(g).mean()",
            "magnitude = np.abs(g).max()",
            f"{TESTS}test_compress.py::test_sign_by_hand",
        ),
        (
            "remembers of the gradient alone",
            "return sent, due - sent, nbytes",
            "return sent, g - sent, nbytes",
            f"{TESTS}test_compress.py::test_what_arrives_and_what_is_remembered_add_up",
        ),
    ),
    *slips(
        "distributed/workers.py",
        (
            "a worker that fails is no error",
            "if failed and not may_fail:",
            "if failed and may_fail:",
            f"{TESTS}test_workers.py::test_a_failure_is_told_with_its_own_words",
        ),
    ),
]
