"""The HTTP API: declarations over the services. One blueprint per noun, under `/api/v1`."""
