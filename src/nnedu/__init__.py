"""Optimizers, losses and networks written to be read, and the courses built on them.

Importing this package needs NumPy only. The parts that draw, train with TensorFlow or
grade notebooks import what they need when they are used.
"""

__version__ = "0.1.0"
