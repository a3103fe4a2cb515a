"""Keeps the server upright and its pages safe, whatever is sent: limits, headers, errors, the token of the API.

`app.protect` puts all of it on the web application. What a person types or presses is judged in bot/incoming.py.
"""
