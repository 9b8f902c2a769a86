"""A soak: many requests to a real server, whose memory must not grow."""
