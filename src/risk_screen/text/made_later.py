"""Objects whose costly parts are made at first use, and are left out where the object is kept on disk."""

from functools import cached_property


class MadeLater:
    """Leaves out the values of its cached properties when it is pickled."""

    def __getstate__(self) -> dict[str, object]:
        """Everything that cannot be made again from the rest."""
        return {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(type(self), name, None), cached_property)
        }
