"""Properties here are asked without a time limit: other work on the machine must not fail them."""

from hypothesis import settings

settings.register_profile("access", deadline=None)
settings.load_profile("access")
