"""Pictures for the server to handle."""

import io

from PIL import Image


def picture(
    size: tuple[int, int] = (64, 48), *, format: str = "PNG", mode: str = "RGB", colour: str = "red"
) -> bytes:
    """A plain picture in the given file format."""
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format)
    return buffer.getvalue()
