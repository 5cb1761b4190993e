"""Hostile input, by the million: what strangers can send, mutated, against the doors that take it."""
