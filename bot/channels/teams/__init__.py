"""The Microsoft Teams channel; see docs/teams.md."""

from bot.channels.teams.channel import TeamsChannel

__all__ = ["TeamsChannel"]
