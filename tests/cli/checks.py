"""What the tests in Python share: checks that are counted, and who outlived a run."""
import os

failed = []


def check(what, good):
    if not good:
        print("FAILED:", what)
        failed.append(what)


def left_behind():
    """Whoever survives a run has become our child, where PR_SET_CHILD_SUBREAPER is set; "" where nobody has."""
    try:
        return os.waitpid(-1, os.WNOHANG) != (0, 0) or "a process is left"
    except ChildProcessError:
        return ""
