"""A worker for the tests: says who it is, and does what it is told."""

import os
import signal
import time

from nnedu.distributed.workers import say, this_worker


def main() -> None:
    settings = this_worker()
    say(rank=settings["rank"], pid=os.getpid(), config=os.environ["TF_CONFIG"])
    deed = settings["deeds"][settings["rank"]]
    if deed == "wait":
        time.sleep(600)
    elif deed == "fail":
        raise ValueError("this one was told to fail")
    elif deed == "die":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
