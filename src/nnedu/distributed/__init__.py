"""Many workers: shards, the ring all-reduce and its cost, stale and compressed gradients.

Pure functions of arrays that say what is sent, in the order of reading: ``shards`` (data
parallelism), ``ring``, ``cost`` (seconds from latency and bandwidth), ``projection`` (and from
updates), ``stale`` (gradients that come late), ``simulation`` (workers of unequal speed),
``compress``. Beside them real processes on this machine: ``workers`` starts a group and never
leaves one behind, ``measure`` times exchanges over its loopback interface.
"""

from nnedu.distributed._group import Ended
from nnedu.distributed.compress import int8, sign, top_k, with_feedback
from nnedu.distributed.cost import (
    Link,
    fit_link,
    halving_seconds,
    ring_seconds,
    server_seconds,
    tree_seconds,
)
from nnedu.distributed.projection import Job, training_seconds, updates_to_target
from nnedu.distributed.ring import Send, ring_all_reduce
from nnedu.distributed.shards import shard_bounds, sharded_objective, weighted_mean
from nnedu.distributed.simulation import Timeline, simulate
from nnedu.distributed.stale import delayed_descent, delayed_rate, largest_stable_lr
from nnedu.distributed.workers import free_ports, heard, run_workers, tf_config

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
    "halving_seconds",
    "heard",
    "int8",
    "largest_stable_lr",
    "ring_all_reduce",
    "ring_seconds",
    "run_workers",
    "server_seconds",
    "shard_bounds",
    "sharded_objective",
    "sign",
    "simulate",
    "tf_config",
    "top_k",
    "training_seconds",
    "tree_seconds",
    "updates_to_target",
    "weighted_mean",
    "with_feedback",
]
