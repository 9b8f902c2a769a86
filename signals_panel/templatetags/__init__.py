"""What the panel's templates load."""
