"""How numbers are written for people."""

MEGA = 1 << 20


def percent(probability: float) -> str:
    """Return a probability in whole per cent, never claiming certainty either way.

    >>> percent(0.998), percent(0.5), percent(0.0001)
    ('99%', '50%', '1%')
    """
    return f"{min(99, max(1, round(probability * 100)))}%"


def share(part: float) -> str:
    """Return a measured share in per cent to two places.

    >>> share(0.99634)
    '99.63%'
    """
    return f"{part * 100:.2f}%"


def megabytes(size: int) -> str:
    """Return bytes as Telegram counts megabytes: of 1024 · 1024.

    >>> megabytes(20 * 1024 * 1024)
    '20 MB'
    """
    return f"{size / MEGA:.3g} MB"


def keycaps(number: str) -> str:
    """Return digits as keycap emoji, the largest that a message can have; "|" starts a row."""
    return "\n".join(
        "".join(f"{digit}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}" for digit in row)
        for row in number.split("|")
    )
