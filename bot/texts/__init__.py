"""Every word the bot says, as phrases and pure functions; `words` speaks them in any language.

`answers` and `chat` are HTML (https://core.telegram.org/bots/api#html-style). `problems` are plain
text of at most 200 characters, because they also go into the alert of a button. Each phrase is one
whole sentence, or more, with named places, ready for a translator.
"""
