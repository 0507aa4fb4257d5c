"""The colours of the paints, by light and by dark."""

from typing import Literal

from model.drawing.shapes import Paint

Theme = Literal["light", "dark"]

# Main and other can be told apart by people who see no red or no green (Okabe and Ito 2008).
THEMES: dict[Theme, dict[Paint, str]] = {
    "light": {
        "page": "#ffffff",
        "panel": "#f4f5f7",
        "line": "#dfe2e7",
        "faint": "#8a919c",
        "soft": "#5b626d",
        "ink": "#16191d",
        "main": "#0064b4",
        "other": "#d55e00",
        "good": "#00795a",
        "bad": "#c2362b",
    },
    "dark": {
        "page": "#14171b",
        "panel": "#1d2126",
        "line": "#343a42",
        "faint": "#7d8590",
        "soft": "#a5adb8",
        "ink": "#e9ecf0",
        "main": "#56b4e9",
        "other": "#f0903a",
        "good": "#3fcf9f",
        "bad": "#ff7a6e",
    },
}
