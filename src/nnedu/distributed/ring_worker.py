"""One worker of a measured exchange: NumPy arrays over TCP sockets, as a ring or by a server.

``run_workers("nnedu.distributed.ring_worker", ...)`` starts it; see :mod:`.measure`.
"""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np

from nnedu._typing import Array
from nnedu.distributed.shards import shard_bounds
from nnedu.distributed.workers import LOOPBACK, say, this_worker

_PIECE = 1 << 16


class _Line:
    """A socket to another worker; ``rate`` (bytes a second) and ``wait`` (seconds) slow it down."""

    def __init__(self, connection: socket.socket, rate: float | None, wait: float) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for side in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            connection.setsockopt(socket.SOL_SOCKET, side, 4 * _PIECE)
        connection.settimeout(60)
        self.connection, self.rate, self.wait = connection, rate, wait

    def send(self, array: Array) -> None:
        for piece in self.pieces(array, paced=True):
            self.connection.sendall(piece)

    def receive(self, array: Array) -> None:
        for piece in self.pieces(array, paced=True):
            self.fill(piece)

    def fill(self, room: memoryview) -> None:
        while len(room):
            got = self.connection.recv_into(room)
            if not got:
                raise ConnectionError("the neighbour has closed its line")
            room = room[got:]

    def pieces(self, array: Array, *, paced: bool) -> Iterator[memoryview]:
        """The bytes, piece by piece; ``paced``: each when the slow link would have carried it."""
        data = memoryview(array.view(np.uint8).data)
        begin = time.perf_counter() + self.wait
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            if paced and self.rate is not None:
                due = begin + (start + len(piece)) / self.rate - time.perf_counter()
                time.sleep(max(due, 0.0))
            yield piece


def connect(rank: int, ports: Sequence[int], to: Sequence[int]) -> dict[int, socket.socket]:
    """Lines to the workers ``to``, made by whoever has the higher rank; ``to`` is symmetric."""
    lines = {}
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((LOOPBACK, ports[rank]))
        door.listen(len(ports))
        door.settimeout(60)
        for other in (each for each in to if each < rank):
            lines[other] = _call(ports[other])
            lines[other].sendall(bytes([rank]))
        for _ in (each for each in to if each > rank):
            connection, _ = door.accept()
            lines[connection.recv(1)[0]] = connection
    return lines


def _call(port: int) -> socket.socket:
    give_up = time.monotonic() + 60
    while True:
        with contextlib.suppress(ConnectionRefusedError):  # it has not opened its door yet
            return socket.create_connection((LOOPBACK, port), timeout=60)
        if time.monotonic() > give_up:
            raise TimeoutError(f"nobody listens on port {port} after 60 s.")
        time.sleep(0.01)


def _exchange(right: _Line, left: _Line, outgoing: Array, incoming: Array) -> None:
    """Send to the right and receive from the left, piece by piece in turns.

    A piece fits into the buffers of a socket, so nobody waits for someone who waits for him.
    """
    leaving, arriving = right.pieces(outgoing, paced=True), left.pieces(incoming, paced=False)
    for out, into in zip_longest(leaving, arriving):
        if out is not None:
            right.connection.sendall(out)
        if into is not None:
            left.fill(into)


def ring(x: Array, rank: int, n: int, lines: dict[int, _Line]) -> None:
    """Ring all-reduce, in place: the steps of :func:`nnedu.distributed.ring_all_reduce`."""
    bounds = shard_bounds(x.size, n)
    chunks = [x[bounds[c] : bounds[c + 1]] for c in range(n)]
    right, left = lines[(rank + 1) % n], lines[(rank - 1) % n]
    room = np.empty(int(np.diff(bounds).max()), x.dtype)
    for step in range(n - 1):
        into = chunks[(rank - 1 - step) % n]
        incoming = room[: into.size]
        _exchange(right, left, chunks[(rank - step) % n], incoming)
        into += incoming
    for step in range(n - 1):
        _exchange(right, left, chunks[(rank + 1 - step) % n], chunks[(rank - step) % n])


def server(x: Array, rank: int, n: int, lines: dict[int, _Line]) -> None:
    """All send to worker 0, which adds and sends the sum back, in place, one after another."""
    if rank:
        lines[0].send(x)
        lines[0].receive(x)
        return
    room = np.empty_like(x)
    for other in range(1, n):
        lines[other].receive(room)
        x += room
    for other in range(1, n):
        lines[other].send(x)


def main() -> None:
    """Exchange arrays of each size ``rounds`` times, and say the seconds of each round."""
    s = this_worker()
    rank, n = s["rank"], len(s["ports"])
    kinds = {"ring": ring, "server": server}
    neighbours = {(rank + 1) % n, (rank - 1) % n} if s["kind"] == "ring" else set()
    if s["kind"] == "server":
        neighbours = set(range(1, n)) if rank == 0 else {0}
    sockets = connect(rank, s["ports"], sorted(neighbours))
    lines = {k: _Line(each, s.get("rate"), s.get("wait", 0.0)) for k, each in sockets.items()}
    exchange = kinds[s["kind"]]
    for size in s["sizes"]:
        for _ in range(s["rounds"] + 1):  # the first one warms up
            x = np.full(size, float(rank + 1), dtype=np.float32)
            exchange(np.zeros(n, np.float32), rank, n, lines)  # all begin together
            begin = time.perf_counter()
            exchange(x, rank, n, lines)
            seconds = time.perf_counter() - begin
            if not np.all(x == n * (n + 1) / 2):
                raise ValueError(f"worker {rank} ends with {x[:3]}; expected {n * (n + 1) / 2}.")
            say(size=size, seconds=seconds)


if __name__ == "__main__":
    main()
