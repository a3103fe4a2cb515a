"""Conversation logic: plain functions on plain data, without Rasa. One module per thing the bot can do.

Every module has functions `Turn -> list[Reply]`; `bot.conversation.turn.Turn` carries the state of the
conversation (which the functions change), what was heard, and the knowledge base.
"""
