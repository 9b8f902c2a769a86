"""What the panel costs beside Django alone, a hand-written minimum and its peers: `make bench`.

Nothing here is a test. Time is measured and printed, never asserted: a slow machine is no bug.
"""
