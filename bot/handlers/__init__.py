"""What the bot reacts to, one module a capability."""
