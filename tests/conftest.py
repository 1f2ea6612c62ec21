"""What holds for every test: an interrupt that is sent to a process reaches it."""

import signal

# A shell has what it runs in the background ignore interrupts, and what that starts inherits it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
