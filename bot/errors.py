"""What goes wrong on the bot's side, as one tree; the model's own tree is in `model.errors`.

BotError
├── CannotStart       told on stderr, one sentence a problem; exit code 2
└── PhotoProblem      told to the person who sent the photo
    ├── FileTooLarge      more than bots may download
    ├── DownloadFailed    Telegram would not hand the file over
    └── ReaderFailed      the reader crashed or hung on it, twice
"""


class BotError(Exception):
    """Root of the tree."""


class CannotStart(BotError):
    """The bot cannot run as it is set up; each argument is a sentence on what to change."""

    @property
    def problems(self) -> tuple[str, ...]:
        """The sentences."""
        return self.args


class PhotoProblem(BotError):
    """One photo cannot be answered; the next one may well be."""


class FileTooLarge(PhotoProblem):
    """The file has `size` bytes (None if unknown) and bots may download `limit`."""

    def __init__(self, size: int | None, limit: int) -> None:
        super().__init__(size, limit)
        self.size = size
        self.limit = limit


class DownloadFailed(PhotoProblem):
    """The file could not be fetched from Telegram."""


class ReaderFailed(PhotoProblem):
    """A worker crashed or hung on the photo, and another one did too."""
