"""Measures DigitBot beside the usual ways, in one run: `make bench`, or `python -m bench`."""
