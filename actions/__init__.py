"""Rasa custom actions: thin adapters around bot.conversation."""
