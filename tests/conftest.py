"""What holds for every test: interrupts that are sent arrive, and a verdict can be had again."""

import os
import signal

from hypothesis import settings

# A shell has what it runs in the background ignore interrupts, and what that starts inherits it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Where a verdict is asked for, the same examples every time: new ones are for the runs of people, who can
# look at what fails.
settings.register_profile("verdict", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("verdict")
