"""The Slack channel; see docs/slack.md."""

from bot.channels.slack.channel import SlackChannel

__all__ = ["SlackChannel"]
