"""Give this library the official name, so that notebooks written for the official course run on it.

Import this module before anything of ``cs231n``:

>>> import cs231n_lib.as_cs231n
>>> from cs231n.gradient_check import rel_error

From then on ``cs231n`` is `cs231n_lib`, and each ``cs231n.X`` is the very module `cs231n_lib.X`, loaded when it is
first imported: state and identity are shared, whichever name was used.
"""

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

import cs231n_lib

__all__ = []

OURS, OFFICIAL = cs231n_lib.__name__, "cs231n"


class _Alias(MetaPathFinder, Loader):
    """Finds ``cs231n.X`` wherever `cs231n_lib.X` is found, and loads the same module."""

    def find_spec(self, fullname, path=None, target=None):  # noqa: ARG002 - the protocol of finders
        if fullname.startswith(f"{OFFICIAL}."):
            ours = importlib.util.find_spec(_our_name(fullname))
            return ours and ModuleSpec(fullname, self)
        return None

    def create_module(self, spec):
        module = importlib.import_module(_our_name(spec.name))
        spec.loader_state = module.__spec__  # which the import system is about to overwrite
        return module

    def exec_module(self, module):
        module.__spec__ = module.__spec__.loader_state  # or reloading it would go astray


def _our_name(fullname):
    return OURS + fullname.removeprefix(OFFICIAL)


if sys.modules.setdefault(OFFICIAL, cs231n_lib) is not cs231n_lib:
    raise ImportError(
        f"`cs231n_lib.as_cs231n` must be imported before any other `cs231n` (got {sys.modules[OFFICIAL]!r}). "
        "Restart the kernel and import it first."
    )
sys.meta_path.insert(0, _Alias())
