"""What an exchange costs: seconds, from the number of workers, the bytes and the link.

A message of ``m`` bytes takes ``alpha + beta m`` seconds on its way from one worker to another;
a worker sends one and receives one at a time, and different pairs do not disturb each other.
"""

from dataclasses import dataclass

import numpy as np

from nnedu._check import not_negative
from nnedu._typing import Array

Number = float | Array
"""A number, or an array of them: the costs are computed entry by entry."""


@dataclass(frozen=True)
class Link:
    """What connects two workers.

    Attributes
    ----------
    alpha : float, seconds a message, at least 0
        The latency: what an empty message takes.
    beta : float, seconds a byte, at least 0
        One over the bandwidth.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        not_negative(alpha=self.alpha, beta=self.beta)

    def seconds(self, m: Number) -> Number:
        """``alpha + beta m``: the time of one message of ``m`` bytes."""
        return self.alpha + self.beta * np.asarray(m, dtype=float)


def ring_seconds(n: Number, M: Number, link: Link) -> Number:
    """The time of a ring all-reduce.

    ``T = 2 (n - 1) (alpha + beta M / n)``

    Parameters
    ----------
    n : number or array, at least 1
        Workers.
    M : number or array, at least 0, bytes
        The size of the whole vector.
    link : Link
        ``alpha`` in seconds, ``beta`` in seconds a byte.

    Returns
    -------
    float or array, seconds

    Raises
    ------
    ValueError
        If ``n`` is below 1 or ``M`` below 0.

    Notes
    -----
    **Conventions.** Additions are free, or counted in ``beta``; chunks are equally large.

    Source: Patarasuk & Yuan (2009), "Bandwidth optimal all-reduce algorithms for clusters of
    workstations"; Thakur, Rabenseifner & Gropp (2005), "Optimization of collective communication
    operations in MPICH", which has the additions as a third term.

    Examples
    --------
    >>> ring_seconds(5, 100.0, Link(alpha=1.0, beta=0.1))  # 8 messages of 20 bytes
    24.0
    """
    n, M = checked(n, M)
    return plain(2 * (n - 1) * link.seconds(M / n))


def server_seconds(n: Number, M: Number, link: Link) -> Number:
    """The time of the naive exchange: all send to one worker, which adds and sends back.

    ``T = 2 (n - 1) (alpha + beta M)``

    Parameters
    ----------
    n : number or array, at least 1
        Workers; one of them is the server.
    M : number or array, at least 0, bytes
        The size of the whole vector.
    link : Link
        ``alpha`` in seconds, ``beta`` in seconds a byte.

    Returns
    -------
    float or array, seconds

    Raises
    ------
    ValueError
        If ``n`` is below 1 or ``M`` below 0.

    Notes
    -----
    **Conventions.** One server with one link, which is busy ``n - 1`` times in each direction. With
    ``n`` servers that hold a chunk each, the bytes are those of the ring.

    Source: Dean et al. (2012), "Large scale distributed deep networks" (the parameter server,
    there sharded over many machines).

    Examples
    --------
    >>> server_seconds(5, 100.0, Link(alpha=1.0, beta=0.1))  # 8 messages of 100 bytes
    88.0
    """
    n, M = checked(n, M)
    return plain(2 * (n - 1) * link.seconds(M))


def tree_seconds(n: Number, M: Number, link: Link) -> Number:
    """The time of a binary tree: sums go up to one worker, the result comes down again.

    ``T = 2 ceil(log2 n) (alpha + beta M)``

    Parameters
    ----------
    n : number or array, at least 1
        Workers.
    M : number or array, at least 0, bytes
        The size of the whole vector.
    link : Link
        ``alpha`` in seconds, ``beta`` in seconds a byte.

    Returns
    -------
    float or array, seconds

    Raises
    ------
    ValueError
        If ``n`` is below 1 or ``M`` below 0.

    Notes
    -----
    **Conventions.** A reduction along a binomial tree, then a broadcast along it, the vector in one
    piece. Libraries cut it into pieces that follow each other, which lowers the second term.

    Source: Thakur, Rabenseifner & Gropp (2005), "Optimization of collective communication
    operations in MPICH".

    Examples
    --------
    >>> tree_seconds(8, 100.0, Link(alpha=1.0, beta=0.1))  # 6 messages of 100 bytes
    66.0
    """
    n, M = checked(n, M)
    return plain(2 * np.ceil(np.log2(n)) * link.seconds(M))


def halving_seconds(n: Number, M: Number, link: Link) -> Number:
    """The time of recursive halving and doubling: the bytes of the ring in few messages.

    ``T = 2 ceil(log2 n) alpha + 2 (n - 1) / n beta M``

    Partners swap halves of the vector, then quarters with a second partner, and so on until each
    has the sum of its part; then the same way back.

    Parameters
    ----------
    n : number or array, at least 1
        Workers.
    M : number or array, at least 0, bytes
        The size of the whole vector.
    link : Link
        ``alpha`` in seconds, ``beta`` in seconds a byte.

    Returns
    -------
    float or array, seconds

    Raises
    ------
    ValueError
        If ``n`` is below 1 or ``M`` below 0.

    Notes
    -----
    **Conventions.** Exact for powers of two; others need an extra exchange, which is left out.

    Source: Thakur, Rabenseifner & Gropp (2005), "Optimization of collective communication
    operations in MPICH" (Rabenseifner's algorithm).

    Examples
    --------
    >>> halving_seconds(8, 100.0, Link(alpha=1.0, beta=0.1))  # 6 messages, 175 bytes in all
    23.5
    """
    n, M = checked(n, M)
    return plain(2 * np.ceil(np.log2(n)) * link.alpha + 2 * (n - 1) / n * link.beta * M)


def fit_link(messages: Array, size: Array, seconds: Array) -> Link:
    """Latency and seconds a byte, fitted to measured exchanges.

    ``seconds = messages (alpha + beta size)``, least squares of the relative errors; where the best
    ``alpha`` would be below 0, it is 0

    Parameters
    ----------
    messages : array, shape (K,), above 0
        Messages one after another: ``2 (n - 1)`` for a ring.
    size : array, shape (K,), at least 0, bytes
        Of each message: ``M / n`` for a ring. At least two different ones.
    seconds : array, shape (K,), above 0
        What was measured.

    Returns
    -------
    Link

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two sizes, or a time is not above 0.

    Notes
    -----
    **Conventions.** Relative errors, so that a small exchange counts as much as a large one.

    Source: the model is that of Thakur, Rabenseifner & Gropp (2005), "Optimization of collective
    communication operations in MPICH".

    Examples
    --------
    >>> link = fit_link(np.array([2, 2, 6]), np.array([0, 10, 10]), np.array([2.0, 4.0, 12.0]))
    >>> round(link.alpha, 9), round(link.beta, 9)
    (1.0, 0.1)
    """
    messages, size, y = (np.asarray(a, dtype=float) for a in (messages, size, seconds))
    if not messages.shape == size.shape == y.shape or y.ndim != 1 or len(np.unique(size)) < 2:
        raise ValueError(
            f"messages, size and seconds have shapes {messages.shape}, {size.shape}, {y.shape}; "
            "expected (K,) each, with at least two different sizes."
        )
    if not np.all(y > 0):
        raise ValueError(f"seconds holds {y.min()}; expected numbers above 0.")
    A = np.stack([messages / y, messages * size / y], axis=1)
    scale = np.abs(A).max(axis=0)  # bytes and messages are of unlike sizes
    alpha, beta = np.linalg.lstsq(A / scale, np.ones_like(y))[0] / scale
    if alpha < 0:
        alpha, beta = 0.0, A[:, 1].sum() / (A[:, 1] @ A[:, 1])
    return Link(float(alpha), float(max(beta, 0.0)))


def checked(n: Number, M: Number) -> tuple[Array, Array]:
    """Both as arrays; raise ValueError unless they are in range."""
    n, M = np.asarray(n, dtype=float), np.asarray(M, dtype=float)
    if not np.all(n >= 1):
        raise ValueError(f"n is {n}; expected at least 1 worker.")
    if not np.all(M >= 0):
        raise ValueError(f"M is {M}; expected a number of bytes, at least 0.")
    return n, M


def plain(seconds: Number) -> Number:
    """A float where it is a single number."""
    return float(seconds) if np.ndim(seconds) == 0 else seconds
