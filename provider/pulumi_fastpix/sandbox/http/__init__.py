"""The HTTP server: it logs each request, applies the faults and passes it to the API."""
