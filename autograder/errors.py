"""The one error of the command line. It stands alone, so that what needs no gradebook loads without one."""


class CourseError(Exception):
    """A command cannot do its job; the message says what is wrong and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show one line."""
        return [str(self)]
