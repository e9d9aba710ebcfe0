"""The part of Afterburner that runs inside the sandbox, beside the code under test. Standard library only."""
