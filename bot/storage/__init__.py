"""The one place that owns the database."""
