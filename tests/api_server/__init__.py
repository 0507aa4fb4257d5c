"""Tests of bot/api_server/."""
