"""What commands of `digitbot` do that need this installation's data, but no Telegram."""
