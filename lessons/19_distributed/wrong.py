"""Planted mistakes of the lesson on many workers, and other correct solutions."""

from nnedu.lesson import Alternative, Mistake

_SCHEDULE = """
def schedule(order):
    n = len(order)
    position = {position}
    first = [{first} % n for s in range(n - 1)]
    second = [{second} % n for s in range(n - 1)]
    return np.array(first + second)
"""
_RIGHT_SCHEDULE = {
    "position": "np.argsort(order)",
    "first": "(position - s)",
    "second": "(position + 1 - s)",
}


def _schedule(**slip):
    return _SCHEDULE.format(**_RIGHT_SCHEDULE | slip)


_SECONDS = """
def update_seconds(n, B, c, M, alpha, beta):
    return {seconds}


def best_workers(B, c, M, alpha, beta, most):
    return min(range({first}, most + 1), key=lambda n: update_seconds(n, B, c, M, alpha, beta))
"""


def _seconds(seconds="c * B / n + 2 * (n - 1) * (alpha + beta * M / n)", first="1"):
    return _SECONDS.format(seconds=seconds, first=first)


_LATE = """
def late(theta, curvatures, lr, tau, steps):
    path = [theta]
    for t in range(steps):
        path.append({step})
    return path[-1]


def largest_lr(curvatures, tau):
    return {limit}
"""
_RIGHT_LATE = {
    "step": "path[t] - lr * curvatures * path[max(t - tau, 0)]",
    "limit": "2 / np.max(curvatures) * np.sin(np.pi / (2 * (2 * tau + 1)))",
}


def _late(**slip):
    return _LATE.format(**_RIGHT_LATE | slip)


_SEND = """
def send(g, memory, k):
    due = g + memory
    places = np.sort(np.argsort({rank})[:k])
    left = {left}.copy()
    left[places] = 0
    return places, {values}, left
"""
_RIGHT_SEND = {"rank": "-np.abs(due)", "left": "due", "values": "due[places]"}


def _send(**slip):
    return _SEND.format(**_RIGHT_SEND | slip)


_CODES = """
def add_codes(gradients):
    scale = np.abs(gradients).max({axis}) / {levels}
    codes = {round}(gradients / scale).astype(np.int8)
    total = {total}
    return codes, total * {mean_scale} / {workers}
"""
_RIGHT_CODES = {
    "axis": "",
    "levels": "127",
    "round": "np.rint",
    "total": "codes.astype(np.int32).sum(axis=0)",
    "mean_scale": "scale",
    "workers": "len(gradients)",
}


def _codes(**slip):
    return _CODES.format(**_RIGHT_CODES | slip)


_DIAGNOSE = """
def diagnose(gradients, counts, lr, path):
    weights = counts[..., None]

    def mean(n):
        return (weights * gradients)[:, :n].sum(axis=1) / weights[:, :n].sum(axis=1)

    g = mean(None)
    could_be = {{
        "right": g,
        "sum": {sum},
        "unweighted": {unweighted},
        "one missing": {missing},
        "one late": {late},
    }}
    steps = (path[:-1] - path[1:]) / lr
    return min(could_be, key=lambda name: np.abs(could_be[name] - steps).max())
"""
_RIGHT_DIAGNOSE = {
    "sum": "gradients.sum(axis=1)",
    "unweighted": "gradients.mean(axis=1)",
    "missing": "mean(-1)",
    "late": "np.concatenate([g[:1], g[:-1]])",
}


def _diagnose(**slip):
    return _DIAGNOSE.format(**_RIGHT_DIAGNOSE | slip)


_RENT = """
def rent(exchanges, updates, b, c, M, deadline, most):
    n, size, seconds = exchanges.T
    steps = 2 * (n - 1)
    alpha, beta = relative_fit(np.stack([{latency} * steps, steps * {sent}], axis=1), seconds)
    B, needed = updates.T
    least, product = relative_fit(np.stack([np.ones_like(B), 1 / B], axis=1), needed)
    n = np.arange(1, most + 1)
    step = b * c + 2 * (n - 1) * ({latency} * alpha + beta * M / {chunks})
    total = (least + product / ({batch})) * step
    in_time = np.flatnonzero(total <= deadline)
    return int({choose})


def relative_fit(A, y):
    A = A / y[:, None]
    size = np.maximum(np.abs(A).max(axis=0), 1e-300)
    return np.linalg.lstsq(A / size, np.ones_like(y), rcond=None)[0] / size
"""
_RIGHT_RENT = {
    "latency": "1",
    "sent": "size / n",
    "chunks": "n",
    "batch": "n * b",
    "choose": "n[in_time[0]] if len(in_time) else n[total.argmin()]",
}


def _rent(**slip):
    return _RENT.format(**_RIGHT_RENT | slip)


MISTAKES = [
    Mistake(
        task="combine",
        name="plain_mean",
        caught_by="check_combine_unequal",
        hint="You take the plain mean of the means. A worker with few examples then counts as "
        "much as one with many.",
        code="""def combine(gradients, counts):
    return np.nanmean(gradients, axis=0)""",
    ),
    Mistake(
        task="combine",
        name="nan_times_zero",
        caught_by="check_combine_empty",
        hint="Your weights are right, but 0 times nan is nan: leave the empty shards out before "
        "you multiply.",
        code="""def combine(gradients, counts):
    return counts @ gradients / counts.sum()""",
    ),
    Mistake(
        task="combine",
        name="weights_by_the_largest",
        caught_by="check_combine_unequal",
        hint="Your weights do not add up to 1. Divide by the sum of the counts, not by the "
        "largest times the number of workers.",
        code="""def combine(gradients, counts):
    some = counts > 0
    return counts[some] @ gradients[some] / (counts.max() * some.sum())""",
    ),
    Mistake(
        task="schedule",
        name="chunks_run_ahead",
        caught_by="check_schedule_scatter",
        hint="Your workers go on to the next chunk. Each should pass on the chunk that it has "
        "just received, which is the one before: minus s.",
        code=_schedule(first="(position + s)"),
    ),
    Mistake(
        task="schedule",
        name="gathers_its_own",
        caught_by="check_schedule_gather",
        hint="Your all-gather begins with chunk p. The complete chunk of the worker at position "
        "p is p + 1.",
        code=_schedule(second="(position - s)"),
    ),
    Mistake(
        task="schedule",
        name="always_its_complete_chunk",
        caught_by="check_schedule_gather",
        hint="In your all-gather everyone sends the chunk it completed again and again. From the "
        "second step on, pass on what has just arrived.",
        code=_schedule(second="(position + 1 + 0 * s)"),
    ),
    Mistake(
        task="schedule",
        name="order_read_backwards",
        caught_by="check_schedule_order",
        hint="You use the list as if order[w] were the position of worker w. It is the worker at "
        "position w; you need the other direction.",
        code=_schedule(
            position="np.where((np.diff(order) % len(order) == 1).all(), np.argsort(order), order)"
        ),
    ),
    Mistake(
        task="schedule",
        name="a_row_by_position",
        caught_by=("check_schedule_scatter", "check_schedule_order"),
        hint="Your columns are the positions in the list. The table is asked for by the workers' "
        "own numbers.",
        code="""def schedule(order):
    n = len(order)
    position, workers = np.arange(n), np.argsort(order)
    first = [(position - s) % n for s in range(n - 1)]
    second = [(workers + 1 - s) % n for s in range(n - 1)]
    return np.array(first + second)""",
    ),
    Mistake(
        task="update_seconds",
        name="whole_vectors",
        caught_by="check_seconds_bytes",
        hint="Each of your messages carries the whole vector. In a ring it is one chunk, M / n "
        "bytes.",
        code=_seconds("c * B / n + 2 * (n - 1) * (alpha + beta * M)"),
    ),
    Mistake(
        task="update_seconds",
        name="one_latency",
        caught_by=("check_seconds_latency", "check_seconds_bytes"),
        hint="You pay the latency once. Every one of the 2 (n - 1) messages pays it.",
        code=_seconds("c * B / n + alpha * (n > 1) + 2 * (n - 1) * beta * M / n", first="2"),
    ),
    Mistake(
        task="update_seconds",
        name="half_the_messages",
        caught_by=("check_seconds_latency", "check_seconds_bytes"),
        hint="You count one of the two halves of the all-reduce. The sums have to go round as "
        "well.",
        code=_seconds("c * B / n + (n - 1) * (alpha + beta * M / n)"),
    ),
    Mistake(
        task="update_seconds",
        name="bytes_never_bounded",
        caught_by=("check_seconds_alone", "check_seconds_bytes"),
        hint="You pay beta M once, and even if there is one worker. A worker sends 2 (n - 1) / n "
        "of the vector.",
        code=_seconds("c * B / n + 2 * (n - 1) * alpha + beta * M"),
    ),
    Mistake(
        task="late",
        name="one_update_older",
        caught_by="check_late_path",
        hint="Your gradients are tau + 1 updates old. With tau = 0 this should be plain gradient "
        "descent.",
        code=_late(step="path[t] - lr * curvatures * path[max(t - tau - 1, 0)]"),
    ),
    Mistake(
        task="late",
        name="waits_for_old_gradients",
        caught_by="check_late_first",
        hint="You make no step while no gradient is old enough. There the gradient of the start "
        "is used.",
        code=_late(step="path[t] - lr * curvatures * (path[t - tau] if t >= tau else 0 * path[0])"),
    ),
    Mistake(
        task="late",
        name="delay_for_twice_the_delay",
        caught_by="check_late_limit",
        hint="Your limit for a delay of 1 is that of a delay of a half: the sine is of pi / (2 "
        "(2 tau + 1)).",
        code=_late(limit="2 / np.max(curvatures) * np.sin(np.pi / (2 * (tau + 1)))"),
    ),
    Mistake(
        task="late",
        name="mean_curvature",
        caught_by="check_late_limit",
        hint="You use the mean curvature. The steepest direction diverges first.",
        code=_late(limit="2 / np.mean(curvatures) * np.sin(np.pi / (2 * (2 * tau + 1)))"),
    ),
    Mistake(
        task="late",
        name="no_delay_in_the_limit",
        caught_by="check_late_limit",
        hint="Your limit is that of long delays. Without delay it should be 2 / L exactly.",
        code=_late(limit="np.pi / (2 * tau + 1) / np.max(curvatures)"),
    ),
    Mistake(
        task="send",
        name="largest_not_magnitude",
        caught_by=("check_send_first", "check_send_memory"),
        hint="You send the largest entries. Asked for are those of largest magnitude, whatever "
        "their sign.",
        code=_send(rank="-due"),
    ),
    Mistake(
        task="send",
        name="ranked_by_the_gradient",
        caught_by="check_send_later",
        hint="You choose the places by the gradient alone. What has waited in the memory counts "
        "as well: choose by the sum.",
        code=_send(rank="-np.abs(g)"),
    ),
    Mistake(
        task="send",
        name="gradients_values",
        caught_by="check_send_later",
        hint="You choose rightly, and then send the gradient's entries. Send what is due: "
        "gradient plus memory.",
        code=_send(values="g[places]"),
    ),
    Mistake(
        task="send",
        name="remembers_this_gradient_only",
        caught_by="check_send_later",
        hint="You remember what was not sent of this gradient and forget what the memory held "
        "before.",
        code=_send(left="g"),
    ),
    Mistake(
        task="send",
        name="nothing_is_taken_off",
        caught_by=("check_send_memory", "check_send_later"),
        hint="What was sent is still in your memory: it will be sent again.",
        code="""def send(g, memory, k):
    due = g + memory
    places = np.sort(np.argsort(-np.abs(due))[:k])
    return places, due[places], due""",
    ),
    Mistake(
        task="add_codes",
        name="a_scale_for_each",
        caught_by=("check_codes_codes", "check_codes_sum"),
        hint="Each of your workers has its own scale. Then a code of 1 means something else for "
        "each, and the codes cannot be added.",
        code="""def add_codes(gradients):
    scales = np.abs(gradients).max(axis=1, keepdims=True) / 127
    codes = np.rint(gradients / scales).astype(np.int8)
    total = codes.astype(np.int32).sum(axis=0)
    return codes, total * scales.mean() / len(gradients)""",
    ),
    Mistake(
        task="add_codes",
        name="overflow",
        caught_by="check_codes_sum",
        hint="You add in eight bits: 127 + 1 becomes -128 there. Make room before you add.",
        code=_codes(total="codes.sum(axis=0, dtype=np.int8)"),
    ),
    Mistake(
        task="add_codes",
        name="rounded_down",
        caught_by=("check_codes_codes", "check_codes_sum"),
        hint="You cut the fractions off, which pulls every gradient towards zero. Round to the "
        "nearest code.",
        code=_codes(round="np.trunc"),
    ),
    Mistake(
        task="add_codes",
        name="a_sum_not_a_mean",
        caught_by=("check_codes_mean", "check_codes_sum"),
        hint="You return the sum of the gradients. Divide it by the number of workers.",
        code=_codes(workers="1"),
    ),
    Mistake(
        task="diagnose",
        name="never_sum",
        caught_by="check_diagnose_weights",
        hint="You never find the sum: its steps are n times as long as the plain mean's.",
        code=_diagnose(sum="np.full_like(g, np.inf)"),
    ),
    Mistake(
        task="diagnose",
        name="sum_with_weights",
        caught_by="check_diagnose_weights",
        hint="You take the sum to be n times the weighted mean. Here the workers' means are "
        "added as they are.",
        code=_diagnose(sum="len(gradients[0]) * g", unweighted="g + np.inf"),
    ),
    Mistake(
        task="diagnose",
        name="missing_in_the_sum_only",
        caught_by="check_diagnose_who",
        hint="Your missing worker is still in the count. Leave it out of both, or you never find "
        "it.",
        code=_diagnose(
            missing="(weights * gradients)[:, :-1].sum(axis=1) / weights.sum(axis=1) + 1e9"
        ),
    ),
    Mistake(
        task="diagnose",
        name="never_late",
        caught_by="check_diagnose_who",
        hint="You never find the late one: its first two steps are the same vector.",
        code=_diagnose(late="np.full_like(g, np.inf)"),
    ),
    Mistake(
        task="rent",
        name="the_fastest",
        caught_by=("check_rent_free", "check_rent_exact"),
        hint="You rent the number with which it ends soonest. Asked for is the smallest that is "
        "in time.",
        code=_rent(choose="n[total.argmin()]"),
    ),
    Mistake(
        task="rent",
        name="no_latency",
        caught_by=("check_rent_exact", "check_rent_never"),
        hint="Your exchange has no latency, so it never gets longer with more workers.",
        code=_rent(latency="0"),
    ),
    Mistake(
        task="rent",
        name="all_there_are",
        caught_by="check_rent_never",
        hint="Where the deadline cannot be met you rent all there are. With so many it may take "
        "longer than with fewer.",
        code=_rent(choose="n[in_time[0]] if len(in_time) else most"),
    ),
    Mistake(
        task="rent",
        name="whole_vectors",
        caught_by=("check_rent_exact", "check_rent_never"),
        hint="You let every message carry the whole vector. In a ring it is one n-th, where you "
        "fit and where you predict.",
        code=_rent(sent="size", chunks="1"),
    ),
]

ALTERNATIVES = [
    Alternative(
        task="combine",
        name="a_loop",
        code="""def combine(gradients, counts):
    total = np.zeros(gradients.shape[1])
    for g, count in zip(gradients, counts):
        if count:
            total = total + g * count
    return total / np.sum(counts)""",
    ),
    Alternative(
        task="schedule",
        name="followed_message_by_message",
        code="""def schedule(order):
    n = len(order)
    table = np.zeros((2 * (n - 1), n), int)
    for p, worker in enumerate(order):
        left = order[p - 1]
        table[0, worker] = p
        table[n - 1, worker] = (p + 1) % n
    for s in range(1, 2 * (n - 1)):
        if s != n - 1:
            for p, worker in enumerate(order):
                table[s, worker] = table[s - 1, order[p - 1]]
    return table""",
    ),
    Alternative(
        task="update_seconds",
        name="arrays",
        code="""def update_seconds(n, B, c, M, alpha, beta):
    messages = 2 * n - 2
    return B / n * c + messages * alpha + messages / n * M * beta


def best_workers(B, c, M, alpha, beta, most):
    n = np.arange(1, most + 1)
    return int(n[np.argmin(update_seconds(n, B, c, M, alpha, beta))])""",
    ),
    Alternative(
        task="late",
        name="a_queue_and_a_cosine",
        code="""from collections import deque


def late(theta, curvatures, lr, tau, steps):
    old = deque([theta] * (tau + 1), maxlen=tau + 1)
    for _ in range(steps):
        theta = theta - lr * curvatures * old[0]
        old.append(theta)
    return theta


def largest_lr(curvatures, tau):
    return 2 * np.cos(np.pi * tau / (2 * tau + 1)) / curvatures.max()""",
    ),
    Alternative(
        task="send",
        name="by_partition",
        code="""def send(g, memory, k):
    due = np.array(g) + memory
    places = np.sort(np.argpartition(np.abs(due), len(due) - k)[len(due) - k :])
    values = due[places].copy()
    due[places] -= values
    return places, values, due""",
    ),
    Alternative(
        task="add_codes",
        name="mean_of_what_codes_stand_for",
        code="""def add_codes(gradients):
    peak = np.abs(gradients).max()
    codes = np.array([np.rint(127 * g / peak) for g in gradients]).astype(np.int8)
    return codes, (codes * (peak / 127)).mean(axis=0)""",
    ),
    Alternative(
        task="diagnose",
        name="one_after_another",
        code="""def diagnose(gradients, counts, lr, path):
    steps = -np.diff(path, axis=0) / lr
    weights = counts / counts.sum(axis=1, keepdims=True)
    right = np.einsum("tn,tnp->tp", weights, gradients)
    if np.allclose(steps, right):
        return "right"
    if np.allclose(steps[1:], right[:-1]):
        return "one late"
    plain = gradients.mean(axis=1)
    if np.allclose(steps, plain):
        return "unweighted"
    return "sum" if np.allclose(steps, gradients.shape[1] * plain) else "one missing\"""",
    ),
    Alternative(
        task="rent",
        name="a_loop_over_workers",
        code="""def rent(exchanges, updates, b, c, M, deadline, most):
    def solve(columns, y):
        A = np.array(columns).T / y[:, None]
        scale = np.linalg.norm(A, axis=0)
        return np.linalg.lstsq(A / scale, np.ones(len(y)), rcond=None)[0] / scale

    k, size, seconds = exchanges[:, 0], exchanges[:, 1], exchanges[:, 2]
    alpha, beta = solve([2 * (k - 1), 2 * (k - 1) / k * size], seconds)
    least, product = solve([np.ones(len(updates)), 1 / updates[:, 0]], updates[:, 1])
    best = (np.inf, 1)
    for n in range(1, most + 1):
        ring = 2 * (n - 1) * alpha + 2 * (n - 1) / n * beta * M
        total = (least + product / n / b) * (b * c + ring)
        if total <= deadline:
            return n
        best = min(best, (total, n))
    return best[1]""",
    ),
]
