"""Printable pages: a conversation card, a preparation sheet, the case for learning, a comparison, a summary.

Stateless: the address holds keys only (address.py), `sheets.py` makes the page from the content, `rendering.py` turns
it into HTML or Markdown. bot/channels/page.py serves them.
"""
