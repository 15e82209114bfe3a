"""The time to a target with many workers: the cost of a step times the updates that are needed."""

from dataclasses import dataclass

from nnedu._check import not_negative, positive
from nnedu.distributed.cost import Link, Number, checked, plain, ring_seconds


@dataclass(frozen=True)
class Job:
    """A training run, as the projection sees it.

    Attributes
    ----------
    examples : int
        In the batch of one worker, ``b``.
    seconds : float
        That one worker needs for the gradient of one example, ``c``.
    bytes : float
        Of the gradient, ``M``.
    critical : float
        The critical batch size; ``least`` updates are needed with batches without noise.
    least : float
    """

    examples: int
    seconds: float
    bytes: float
    critical: float
    least: float = 1.0

    def __post_init__(self) -> None:
        positive(examples=self.examples, seconds=self.seconds, bytes=self.bytes, least=self.least)
        not_negative(critical=self.critical)


def updates_to_target(n: Number, job: Job) -> Number:
    """Updates that ``n`` workers need together.

    ``updates = least (1 + critical / (n b))``

    Parameters
    ----------
    n : number or array, at least 1
        Workers, each with its own ``b = job.examples``.
    job : Job

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        If ``n`` is below 1.

    Notes
    -----
    **Conventions.** The best learning rate at every batch size.

    Source: McCandlish, Kaplan & Amodei (2018), "An empirical model of large-batch training",
    section 2.3.

    Examples
    --------
    >>> updates_to_target(4, Job(8, seconds=1.0, bytes=1.0, critical=64, least=100))
    300.0
    """
    n, _ = checked(n, 0.0)
    return plain(job.least * (1 + job.critical / (n * job.examples)))


def training_seconds(n: Number, job: Job, link: Link) -> Number:
    """The time to the target with ``n`` workers and a ring.

    ``updates (b c + T)`` with ``T`` from :func:`ring_seconds`

    Parameters
    ----------
    n : number or array, at least 1
        Workers.
    job : Job
    link : Link

    Returns
    -------
    float or array, seconds

    Raises
    ------
    ValueError
        If ``n`` is below 1.

    Notes
    -----
    **Conventions.** Nothing overlaps: the exchange begins when the gradient is complete. All
    workers are equally fast.

    Source: McCandlish, Kaplan & Amodei (2018) for the updates, Patarasuk & Yuan (2009) for ``T``.

    Examples
    --------
    >>> job = Job(8, seconds=1.0, bytes=20.0, critical=64, least=100)
    >>> training_seconds(4, job, Link(alpha=1.0, beta=0.2))  # 300 updates of 8 + 6 * 2
    6000.0
    """
    step = job.examples * job.seconds + ring_seconds(n, job.bytes, link)
    return plain(updates_to_target(n, job) * step)
