"""What handlers lean on: downloads, the reader pool, limits."""
