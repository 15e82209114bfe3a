"""Many workers: shards, the ring all-reduce and its cost, stale and compressed gradients.

Pure functions of arrays that say what is sent, in the order of reading: ``shards`` (data
parallelism), ``ring``, ``cost`` (seconds from latency and bandwidth), ``stale`` (gradients that
come late), ``compress``. Beside them real processes on this machine: ``workers`` starts a group and
never leaves one behind, ``measure`` times exchanges over its loopback interface.
"""

from nnedu.distributed.compress import int8, sign, top_k, with_feedback
from nnedu.distributed.cost import (
    Job,
    Link,
    fit_link,
    ring_seconds,
    server_seconds,
    training_seconds,
    tree_seconds,
    updates_to_target,
)
from nnedu.distributed.measure import measure, recorded
from nnedu.distributed.ring import Send, ring_all_reduce
from nnedu.distributed.shards import shard_bounds, sharded_objective, weighted_mean
from nnedu.distributed.stale import (
    Timeline,
    delayed_descent,
    delayed_rate,
    largest_stable_lr,
    simulate,
)
from nnedu.distributed.workers import (
    Ended,
    free_ports,
    heard,
    run_workers,
    say,
    tf_config,
    this_worker,
)

__all__ = [
    "Ended",
    "Job",
    "Link",
    "Send",
    "Timeline",
    "delayed_descent",
    "delayed_rate",
    "fit_link",
    "free_ports",
    "heard",
    "int8",
    "largest_stable_lr",
    "measure",
    "recorded",
    "ring_all_reduce",
    "ring_seconds",
    "run_workers",
    "say",
    "server_seconds",
    "shard_bounds",
    "sharded_objective",
    "sign",
    "simulate",
    "tf_config",
    "this_worker",
    "top_k",
    "training_seconds",
    "tree_seconds",
    "updates_to_target",
    "weighted_mean",
    "with_feedback",
]
