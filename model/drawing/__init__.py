"""Draws charts and sheets of pictures once, for pages as SVG and for chats as PNG.

`charts`, `matrix` and `sheets` make a `Drawing` of a few kinds of shapes, with named paints instead
of colours; `svg` and `png` turn one into markup, whose colours follow the page's theme, or pixels.
"""
