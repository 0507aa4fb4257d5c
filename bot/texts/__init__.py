"""Every word the bot says, as constants and pure functions.

`answers` and `chat` are HTML (https://core.telegram.org/bots/api#html-style). `problems` are plain
text of at most 200 characters, because they also go into the alert of a button. Each constant is
one whole sentence, or more, with named places, ready for a translator.
"""
