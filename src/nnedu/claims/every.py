"""All claims of the ledger at once."""

from collections.abc import Iterator
from importlib import import_module

from nnedu.claims import Claim, Experiment, Finding, decide, ledger


def experiment_of(claim: Claim) -> Experiment:
    """The function that decides a claim."""
    module = import_module(f"nnedu.claims.{claim.module}")
    experiment: Experiment = getattr(module, claim.id.replace("-", "_"))
    return experiment


def decide_every() -> Iterator[tuple[Claim, Finding, Finding]]:
    """Decide claim after claim, in the order of the chapters; see :func:`nnedu.claims.decide`."""
    for claim in ledger().values():
        yield decide(experiment_of(claim))


def entry(claim: Claim, finding: Finding, control: Finding, where: str) -> str:
    """A claim as MyST: what is said, the verdict with its number, when it flips, the sources.

    Parameters
    ----------
    claim : Claim
    finding, control : Finding
    where : str
        Words for the link to the box in its chapter.
    """
    sources = f" {{cite}}`{','.join(claim.source)}`" if claim.source else ""
    return (
        f"**\u201c{claim.said}\u201d** {claim.verdict.capitalize()}. "
        f"{claim.text(finding, control)}{sources} "
        f"*What decides:* {claim.quantity}: {format(finding.number, claim.format)}; "
        f"in the control {format(control.number, claim.format)}. "
        f"{{ref}}`{where} <claim-{claim.id}>`"
    )
