"""Numbers for the golden cases: the same with every version of numpy."""


def numbers(seed):
    """Park and Miller's generator: the next of a sequence in (0, 1)."""
    state = seed
    while True:
        state = state * 48271 % 2147483647
        yield state / 2147483647
