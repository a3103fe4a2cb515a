"""Interventiewijzer-bot: a Dutch assistant for learning at work, built around Rasa Open Source."""
