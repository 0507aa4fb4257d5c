"""The whole bot in a browser, without Telegram: `digitbot playground`.

One process holds three things that know each other only by their addresses and a few names:

    browser  ── page.py ──  people of the Bot API server  ── HTTP ──  the bot, as in production
                   │
                stages.py   the live panel, which reads the same photo and shows how

`cast` says who is there, `views` puts what they see into JSON, `feed` pushes it to open pages,
`guard` keeps other sites' pages out, `static/` is the page. Nothing is built, nothing is fetched
from elsewhere.
"""
