"""What a sign-in still asks for, one thing after the other."""

from enum import StrEnum


class Stage(StrEnum):
    """What a session still asks for; only ``FULL`` ones may do anything else."""

    SECOND_FACTOR = "second_factor"
    CHANGE_PASSWORD = "change_password"
    SET_UP_SECOND_FACTOR = "set_up_second_factor"
    FULL = "full"
