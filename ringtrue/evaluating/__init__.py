"""Scores on a folder of data, by the field's standard metrics: `ringtrue eval SUITE --data DIR --json OUT`.

A suite is one file here, named like the suite, with a function `evaluate(data: Path, options: argparse.Namespace) -> Report`.
It may also have `add_options(parser)`. Nothing else is to be registered. A suite reads every file of its kind in the folder and
reports each as a slice, so a folder of the same form with other files works too.
"""
