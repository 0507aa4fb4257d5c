"""A Bot API server on this machine, over real HTTP."""
