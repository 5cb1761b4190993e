"""What the Keras process says no to."""


class Refused(Exception):
    """A request cannot be met; the message is for the user."""
