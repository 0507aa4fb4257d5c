"""The bot as a web server: updates brought by Telegram, and what those who run it want to know.

Loaded only where a setting asks for it: aiohttp's server half takes time and memory at the start.
"""
