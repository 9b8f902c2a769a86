"""Random programs: plain and recorded they do the same, and the recording tells what they did."""
