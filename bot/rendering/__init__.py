"""Renders the message model for a channel."""
