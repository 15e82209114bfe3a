"""One secret per grading run, and from it one independent seed per check."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets


def new_run_seed() -> str:
    """Return a fresh run seed: 32 hexadecimal digits nobody can guess."""
    return secrets.token_hex(16)


def parse_run_seed(text: str) -> str:
    """Return a run seed in its one spelling, or say what is wrong with it.

    Examples
    --------
    >>> parse_run_seed("00112233445566778899AABBCCDDEEFF")
    '00112233445566778899aabbccddeeff'
    """
    seed = text.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{32}", seed):
        raise ValueError(
            f"run seed is {text!r}; expected 32 hexadecimal digits. Copy it from run.json."
        )
    return seed


def check_seed(run_seed: str, slug: str, check_id: str) -> int:
    """Return the seed of one check in one run.

    Knowing the seeds of some checks tells nothing about the others: each is an HMAC (RFC 2104)
    of the check's name under the run's secret.

    Parameters
    ----------
    run_seed : str
        32 hexadecimal digits.
    slug, check_id : str
        The lesson and the check.

    Returns
    -------
    int
        In [0, 2**128).

    Examples
    --------
    >>> a = check_seed("0" * 32, "03_gradient_descent", "check_a")
    >>> b = check_seed("0" * 32, "03_gradient_descent", "check_b")
    >>> a != b
    True
    """
    message = f"{slug}/{check_id}".encode()
    digest = hmac.new(bytes.fromhex(run_seed), message, hashlib.sha256).digest()
    return int.from_bytes(digest[:16], "big")
