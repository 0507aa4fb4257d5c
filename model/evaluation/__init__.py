"""Measures a reader against labelled images.

`measure` puts them to it and notes its answers, `figures` counts these with `statistics`,
`evaluation` and `compare` put that together for one model and for two; `gallery` shows answers,
`report` and `record` write a page and JSON. `corruptions` damages photos first, and `crowd` shares
the work out among processes.
"""
