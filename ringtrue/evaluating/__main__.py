import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ringtrue.evaluating.run_suite import main

sys.exit(main())
