"""Tests that need more than the ordinary ones install, or more minutes: `python3 start.py backends` runs them.

Their files are not called test_*.py, so that the ordinary run does not collect them.
"""
