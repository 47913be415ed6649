"""Pages for workers, lawyers and mediators: form → use case → template. Nothing here decides law or touches SQL."""
