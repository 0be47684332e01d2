import sys

from ringtrue.evaluating.run_suite import main

sys.exit(main())
