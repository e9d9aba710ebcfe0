"""Other calls from recorded ones: larger, and on the values that a candidate names."""
