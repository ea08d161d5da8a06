"""The OpenAPI 3.1 description of the API, generated from the routes and what their responders declare."""

from server.web.openapi.document import describe
from server.web.openapi.resource import DescriptionResource

__all__ = ["DescriptionResource", "describe"]
