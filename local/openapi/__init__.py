"""openapi.json: one description of the API, put together from the handlers, the sample events and a few examples."""
