"""The HTTP API: each route is read the request, call one use case, shape the answer. Only here a write is committed."""
