import os

# Before anything imports numpy, in every process: small matrices only, for which threads of the linear algebra cost more than they give
# (while they wait they turn round), and a process with threads cannot be forked.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
