"""The arithmetic of this machine: two machines with the same mark compute the same bits."""

from __future__ import annotations

import math
import platform
from functools import cache

import numpy as np
import polars as pl
import scipy

from golden.outcome import hashed


@cache
def machine() -> str:
    """Return the mark of this machine: a hash of what its libraries compute, and their versions.

    Logarithms, exponentials and powers come from the C library and from NumPy, products of matrices from BLAS. Each
    picks its code by the processor, so that the last digit differs between processors.
    """
    x = np.arange(1, 4097) / 257.0
    column = pl.Series("x", x)
    numbers = [
        *(column.log().to_numpy(), column.exp().to_numpy(), (column**0.37).to_numpy(), column.tanh().to_numpy()),
        *(np.log(x), np.exp(x), x**0.37, np.tanh(x)),
        np.array([math.log(value) for value in x] + [value**0.37 for value in x] + [math.exp(value) for value in x]),
    ]
    square = np.sin(x[:1024]).reshape(32, 32)
    symmetric = square @ square.T
    numbers += [symmetric, np.einsum("ik,jk->ij", square, square), *np.linalg.eigh(symmetric)]
    numbers += [np.linalg.svd(square)[1], np.linalg.solve(square, x[:32]), np.corrcoef(square)]
    python = ".".join(platform.python_version_tuple()[:2])
    versions = f"python {python}, polars {pl.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
    return f"{hashed(b''.join(np.ascontiguousarray(one).tobytes() for one in numbers))} ({versions})"
