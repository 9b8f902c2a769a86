"""One view for each rule of the panel, and one that does the same explicitly."""
