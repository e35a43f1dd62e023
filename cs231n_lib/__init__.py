"""The reference library of the course: layers of convolutional networks in NumPy, written to be read.

Modules, functions and signatures carry the official CS231n names, so that the official notebooks run on it.
Importing the package loads none of its modules: import ``cs231n_lib.layers``, ``cs231n_lib.gradient_check``.
"""
