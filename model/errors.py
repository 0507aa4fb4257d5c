"""Everything that `model` raises on purpose, as one tree.

    ModelError
    ├── UnreadableImage         the bytes are not a picture we can read
    │   ├── NotAnImage          no known format, or broken inside
    │   ├── ImageTooLarge       more pixels than we are willing to decode
    │   └── ImageTooSmall       a side too short to hold a digit
    └── ArtifactError           a model folder cannot be used
        └── FingerprintMismatch it was trained with another pipeline

`str(error)` is one English sentence that a person understands; who translates goes by the class.
"""


class ModelError(Exception):
    """Root of the tree."""


class UnreadableImage(ModelError):
    """The bytes are not a picture that can be read."""


class NotAnImage(UnreadableImage):
    """Unknown format, or a file that breaks off or contradicts itself."""


class ImageTooLarge(UnreadableImage):
    """More pixels than we are willing to decode, or more than there is memory for."""


class ImageTooSmall(UnreadableImage):
    """A side is shorter than a digit needs."""


class ArtifactError(ModelError):
    """A model folder is missing, incomplete or does not match its checksums."""


class FingerprintMismatch(ArtifactError):
    """The model was trained with another pipeline than the one that would feed it."""
