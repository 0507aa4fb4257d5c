"""From bytes to 28×28 glyphs, one module a stage."""
