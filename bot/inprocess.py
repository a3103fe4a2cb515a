"""Runs custom actions inside the server process instead of over HTTP to an action server."""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """An action endpoint that needs no server: `request` runs the action."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process", action_endpoint_kwargs={})
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Runs the action that Rasa asks for; takes the place of the HTTP call."""
        return await self._executor.run(kwargs["json"])


def check_action_results_once() -> None:
    """Rasa checks each action's result with `jsonschema.validate`, which first checks the schema itself: three
    quarters of the time of a message. The schema never changes, so its validator is built once."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate
