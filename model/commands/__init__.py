"""What the commands of `model.cli` do, one module a command."""
