"""Something the bot needs and sometimes has to do without: a line in the log each way, no more."""

import logging

from bot.services.clock import Clock, RealClock

log = logging.getLogger(__name__)


class Outage:
    """Says when `what` begins to fail and when that is over, however often it is tried meanwhile.

    It is over at the first success that comes `calm` seconds after the last failure, so that
    something that works now and then does not fill the log.
    """

    def __init__(self, what: str, calm: float = 0.0, clock: Clock | None = None) -> None:
        self._what = what
        self._calm = calm
        self._clock = clock or RealClock()
        self._since: float | None = None
        self._latest = 0.0

    def failed(self, error: BaseException) -> None:
        """Note a failure."""
        self._latest = self._clock.now()
        if self._since is None:
            self._since = self._latest
            log.warning("%s fails, and will be tried until it works again: %r", self._what, error)

    def worked(self) -> None:
        """Note a success."""
        if self._since is not None and self._clock.now() >= self._latest + self._calm:
            log.warning(
                "%s works again, after %.0f s.", self._what, self._clock.now() - self._since
            )
            self._since = None
