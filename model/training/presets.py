"""The two ways to train from the chat and from the shell, as plans."""

from pathlib import Path

from model.training.fit import Plan
from model.training.order import Order

REHEARSAL = 12_000  # of MNIST's pictures in an epoch of "quick": enough to forget nothing


def plan_of(order: Order, out: Path) -> Plan:
    """What an order asks for; the new model goes into the folder `out`."""
    if order.preset == "quick":
        return Plan(
            out,
            order.mnist,
            start=order.current,
            epochs=2,
            rate=2e-4,
            meet=order.current,
            per_epoch=REHEARSAL,
            seed=order.seed,
            limit=order.trial,
        )
    return Plan(
        out,
        order.mnist,
        order.extras,
        epochs=16,
        seed=order.seed,
        limit=order.trial,
    )
