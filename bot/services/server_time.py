"""What time it is for Telegram."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.services.clock import Clock, RealClock


class ServerTime:
    """Telegram's clock, by the Date of its answers: ours may be wrong, and may be set meanwhile."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or RealClock()
        self._heard: tuple[str, datetime, float] | None = None

    def hear(self, date: str) -> None:
        """Take note of such a header: https://httpwg.org/specs/rfc9110.html#field.date."""
        if self._heard is None or date != self._heard[0]:
            with suppress(ValueError):
                self._heard = (date, parsedate_to_datetime(date), self._clock.now())

    def now(self) -> datetime:
        """Return what it shows; before the first answer, what ours does."""
        if self._heard is None:
            return datetime.now(UTC)
        return self._heard[1] + timedelta(seconds=self._clock.now() - self._heard[2])
